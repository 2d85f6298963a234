import { headerValue } from "../../kernel/headers";
import { contextVariable } from "./context-variables";
import type { ExchangeState } from "./exchange-state";

const VARIABLE =
  /\$(?:context\.(authorizer\.claims\.[\w:-]+|[\w-]+(?:\.[\w-]+)*)|stageVariables\.([\w-]+)|(method\.request\.(?:header|querystring|path)\.[\w-]+))/g;

/**
 * Replaces the variables of a gateway response's template; no VTL, only simple substitution (Developer Guide, "Gateway
 * responses for REST APIs"). What is not set becomes nothing, anything else stays as it stands.
 */
export function renderTemplate(template: string, state: ExchangeState): string {
  return template.replace(
    VARIABLE,
    (_whole, context?: string, stageVariable?: string, parameter?: string) => {
      if (context !== undefined) return contextVariable(state, context) ?? "";
      if (stageVariable !== undefined) return state.stage.variables.get(stageVariable) ?? "";
      return (parameter !== undefined && methodRequestValue(parameter, state)) || "";
    },
  );
}

/** The value that a response parameter's mapping names: `'constant'`, `context.requestId`, `method.request.header.Origin`. */
export function mappedValue(expression: string, state: ExchangeState): string | undefined {
  const constant = /^'(.*)'$/s.exec(expression)?.[1];
  if (constant !== undefined) return constant;
  const [, source, name = ""] = /^(context|stageVariables)\.(.+)$/.exec(expression) ?? [];
  if (source === "context") return contextVariable(state, name);
  if (source === "stageVariables") return state.stage.variables.get(name);
  return methodRequestValue(expression, state);
}

function methodRequestValue(expression: string, state: ExchangeState): string | undefined {
  const [, place, name = ""] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(expression) ?? [];
  if (place === "header") return headerValue(state.headers, name);
  if (place === "querystring") return state.query.filter(([key]) => key === name).at(-1)?.[1];
  return place === "path" ? state.route?.pathParameters.get(name) : undefined;
}

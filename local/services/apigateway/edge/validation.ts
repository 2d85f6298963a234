import { headerValue, mediaType } from "../../../kernel/headers";
import type { AtMethod } from "./exchange";
import { KINDS } from "./failures";
import { type Outcome, pass, refuse, skip } from "./layer";

/** A required parameter has to be there and not blank (Developer Guide, "Request validation for REST APIs"). */
export function validateParameters(exchange: AtMethod): Outcome {
  const { validates, requestParameters } = exchange.route.method;
  if (!validates.parameters) return skip("the method does not validate parameters");
  const required = [...requestParameters].filter(([, isRequired]) => isRequired).map(([name]) => name);
  const missing = required
    .filter((parameter) => (parameterValue(exchange, parameter) ?? "").trim() === "")
    // Headers, path, query string: the whole names are in order (recorded in localstack's AWS-validated tests,
    // `test_api_gateway_request_validator`).
    .sort()
    .map((parameter) => parameter.split(".").slice(3).join("."));
  if (missing.length === 0) return pass(`${required.length} required`);
  const message = `Missing required request parameters: [${missing.join(", ")}]`;
  return refuse({ ...KINDS.badParameters, message }, message, { missing });
}

function parameterValue({ headers, query, route }: AtMethod, parameter: string): string | undefined {
  const [, , place, ...rest] = parameter.split(".");
  const name = rest.join(".");
  if (place === "header") return headerValue(headers, name);
  if (place === "querystring") return query.filter(([key]) => key === name).at(-1)?.[1];
  return route.pathParameters.get(name);
}

/**
 * The model is the one of the content type, parameters like `charset` left aside, and `application/json` where the request
 * names none; without one for it `$default`'s; without that the body is not checked.
 */
export function validateBody({ headers, body, route, api }: AtMethod): Outcome {
  const { requestModels, validates } = route.method;
  if (!validates.body) return skip("the method does not validate bodies");
  const contentType = mediaType(headerValue(headers, "Content-Type") ?? "application/json");
  const model = requestModels.get(contentType) ?? requestModels.get("$default");
  if (model === undefined) return skip("no model for the content type");
  const problem = api.models.check(model, body);
  if (problem === undefined) return pass(`fits the model ${model}`, { model });
  const { text, violations } = problem;
  const refusal = { ...KINDS.badBody, validationErrors: text };
  return refuse(refusal, `body does not fit the model ${model}`, { model, violations });
}

import { headerValue, mediaType } from "../../kernel/headers";
import type { RoutedExchange } from "./exchange-state";
import { failure, KINDS } from "./failures";

/**
 * Checks the request as the method's validator says: required parameters first, then the body.
 *
 * @throws GatewayFailure 400
 */
export function validateRequest(exchange: RoutedExchange): void {
  const { method } = exchange.route;
  if (method.validates.parameters) validateParameters(exchange);
  if (method.validates.body) validateBody(exchange);
}

/** A required parameter has to be there and not blank (Developer Guide, "Request validation for REST APIs"). */
function validateParameters(exchange: RoutedExchange): void {
  const missing = [...exchange.route.method.requestParameters]
    .filter(([, required]) => required)
    .filter(([parameter]) => (parameterValue(exchange, parameter) ?? "").trim() === "")
    .map(([parameter]) => parameter.split(".").slice(3).join("."))
    .sort();
  if (missing.length === 0) return;
  const message = `Missing required request parameters: [${missing.join(", ")}]`;
  throw failure(KINDS.badParameters, "validation", message, { message });
}

function parameterValue({ headers, query, route }: RoutedExchange, parameter: string): string | undefined {
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
function validateBody({ headers, body, route, api }: RoutedExchange): void {
  const { requestModels } = route.method;
  const contentType = mediaType(headerValue(headers, "Content-Type") ?? "application/json");
  const model = requestModels.get(contentType) ?? requestModels.get("$default");
  if (model === undefined) return;
  const validationErrors = api.models.check(model, body);
  if (validationErrors === undefined) return;
  throw failure(KINDS.badBody, "validation", `body does not fit the model ${model}`, { validationErrors });
}

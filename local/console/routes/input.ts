import type { TryRequest } from "../contract";

const isOptionalText = (value: unknown) => value === undefined || typeof value === "string";
const isPair = (value: unknown) =>
  Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === "string");

export function isTryRequest(input: object): input is TryRequest {
  const { stage, method, path, query, person, apiKey, body, headers } = input as Record<string, unknown>;
  return (
    [stage, method, path].every((value) => typeof value === "string" && value !== "") &&
    [query, person, apiKey, body].every(isOptionalText) &&
    (headers === undefined || (Array.isArray(headers) && headers.every(isPair)))
  );
}

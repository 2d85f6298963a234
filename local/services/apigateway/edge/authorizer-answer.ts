import { DeploymentError } from "../../../deployment/attributes";
import { type Policy, policyOf } from "../../../iam/policy";
import { isObject, parseJson } from "../../../kernel/json";

/** What the function of a Lambda authorizer answers. */
export interface Authorization {
  readonly principalId: string;
  readonly policy: Policy;
  /** Every value as text. */
  readonly context: Readonly<Record<string, string>>;
  /** The API key that the request counts for. */
  readonly usageIdentifierKey: string | undefined;
}

/**
 * Reads a function's answer; a text says why it is not one, which the client sees as a 500.
 *
 * "A dictionary-like object, which must include the principal identifier and a policy document"; "you cannot set a JSON
 * object or array as a valid value of any key in the context map", and "the returned values are all stringified" (Developer
 * Guide, "Output from an API Gateway Lambda authorizer").
 */
export function readAuthorization(payload: string, name: string): Authorization | string {
  const answer = parseJson(payload);
  if (!isObject(answer)) return "the answer is not a JSON object";
  const { principalId, policyDocument, context = null, usageIdentifierKey = null } = answer;
  if (!isScalar(principalId)) return "principalId is missing";
  if (usageIdentifierKey !== null && typeof usageIdentifierKey !== "string")
    return "usageIdentifierKey is not a text";
  if (context !== null && !isObject(context)) return "context is not an object";
  const members = Object.entries(context ?? {}).filter(([, value]) => value !== null);
  const wrong = members.find(([, value]) => !isScalar(value));
  if (wrong !== undefined) return `context.${wrong[0]} is not a text, a number or a boolean`;
  const policy = readPolicy(policyDocument, name);
  if (typeof policy === "string") return policy;
  return {
    principalId: String(principalId),
    policy,
    context: Object.fromEntries(members.map(([key, value]) => [key, String(value)])),
    usageIdentifierKey: usageIdentifierKey ?? undefined,
  };
}

function readPolicy(document: unknown, name: string): Policy | string {
  try {
    return policyOf(document, name, "identity");
  } catch (error) {
    if (error instanceof DeploymentError) return error.message;
    throw error;
  }
}

const isScalar = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);

import type { Attributes } from "../../deployment/attributes";
import { isObject, jsonObject } from "../../deployment/json-attribute";
import type { MessageAttribute, MessageAttributes } from "../../kernel/message-attributes";

/** Whether a subscription gets a message. */
export type MessageFilter = (message: string, attributes: MessageAttributes) => boolean;

/** The values found at a key; empty where the key is not there. */
type Condition = (found: readonly unknown[]) => boolean;
type Scalar = string | number | boolean | null;

/**
 * Compiles a subscription's filter policy: all keys must match, of each key's conditions one. Conditions: a value
 * itself, `prefix`, `anything-but` with values, `exists`, `numeric`. (Amazon SNS Developer Guide, "Subscription filter
 * policies".)
 *
 * @throws DeploymentError with the subscription's address for any other condition: a message is never delivered, or
 *   kept back, by guessing
 */
export function compileFilterPolicy(subscription: Attributes): MessageFilter {
  const text = subscription.optionalString("filter_policy");
  if (text === undefined) return () => true;
  const policy = jsonObject(subscription, "filter_policy", text);
  const matches = compileObject(subscription, policy);
  const scope = subscription.optionalString("filter_policy_scope") ?? "MessageAttributes";
  if (scope === "MessageBody") {
    return (message) => {
      const body = parse(message);
      return isObject(body) && matches(body);
    };
  }
  if (scope !== "MessageAttributes") {
    subscription.fail("filter_policy_scope", "MessageAttributes or MessageBody");
  }
  return (_, attributes) =>
    matches(Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, valuesOf(value)])));
}

function compileObject(
  subscription: Attributes,
  policy: Readonly<Record<string, unknown>>,
): (value: Readonly<Record<string, unknown>>) => boolean {
  const tests = Object.entries(policy).map(([key, wanted]) => {
    if (Array.isArray(wanted)) {
      const conditions = wanted.map((condition) => compileCondition(subscription, condition));
      return (value: Readonly<Record<string, unknown>>) => {
        const found = value[key];
        const values = found === undefined ? [] : Array.isArray(found) ? found : [found];
        return conditions.some((condition) => condition(values));
      };
    }
    if (!isObject(wanted) || key.startsWith("$")) return unsupported(subscription, key);
    const nested = compileObject(subscription, wanted);
    return (value: Readonly<Record<string, unknown>>) => {
      const found = value[key];
      return (Array.isArray(found) ? found : [found]).some((item) => isObject(item) && nested(item));
    };
  });
  return (value) => tests.every((test) => test(value));
}

function compileCondition(subscription: Attributes, condition: unknown): Condition {
  if (isScalar(condition)) return (found) => found.includes(condition);
  const [[operator, operand] = ["", undefined], ...more] = isObject(condition)
    ? Object.entries(condition)
    : [];
  if (more.length > 0) return unsupported(subscription, JSON.stringify(condition));
  if (operator === "exists" && typeof operand === "boolean") return (found) => found.length > 0 === operand;
  if (operator === "prefix" && typeof operand === "string") {
    return (found) => found.some((value) => typeof value === "string" && value.startsWith(operand));
  }
  if (operator === "anything-but") {
    const excluded = new Set<unknown>(Array.isArray(operand) ? operand : [operand]);
    if ([...excluded].every(isScalar)) return (found) => found.some((value) => !excluded.has(value));
  }
  if (operator === "numeric" && Array.isArray(operand)) return compileNumeric(subscription, operand);
  return unsupported(subscription, JSON.stringify(condition));
}

function compileNumeric(subscription: Attributes, operand: readonly unknown[]): Condition {
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const bound = operand[index + 1];
    const test = typeof bound === "number" ? comparisons[String(operand[index])]?.(bound) : undefined;
    tests.push(test ?? unsupported(subscription, JSON.stringify({ numeric: operand })));
  }
  return (found) => found.some((value) => typeof value === "number" && tests.every((test) => test(value)));
}

const comparisons: Readonly<Record<string, (bound: number) => (value: number) => boolean>> = {
  "=": (bound) => (value) => value === bound,
  "<": (bound) => (value) => value < bound,
  "<=": (bound) => (value) => value <= bound,
  ">": (bound) => (value) => value > bound,
  ">=": (bound) => (value) => value >= bound,
};

/** An attribute's values: several for `String.Array`, none that a policy could match for binary ones. */
function valuesOf(attribute: MessageAttribute): readonly unknown[] {
  if (attribute.DataType.startsWith("Binary")) return [attribute.BinaryValue];
  const text = attribute.StringValue ?? "";
  if (attribute.DataType.startsWith("Number")) return [Number(text)];
  if (!attribute.DataType.startsWith("String.Array")) return [text];
  const list = parse(text);
  return Array.isArray(list) ? list : [text];
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unsupported(subscription: Attributes, what: string): never {
  return subscription.fail(
    "filter_policy",
    `made of values, prefix, anything-but (values), exists and numeric; the local runtime cannot evaluate ${what}`,
  );
}

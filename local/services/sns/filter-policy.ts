import { type Attributes, jsonObject } from "../../deployment/attributes";
import { compileRules, matches, type Values, valuesOf } from "../../kernel/event-pattern";
import { isObject, parseJson } from "../../kernel/json";
import type { MessageAttribute, MessageAttributes } from "../../kernel/message-attributes";

/** Whether a subscription gets a message. */
export type MessageFilter = (message: string, attributes: MessageAttributes) => boolean;

/**
 * Compiles a subscription's filter policy: all keys must match, of each key's conditions one; `$or` gives alternatives.
 * (Amazon SNS Developer Guide, "Subscription filter policies"; how keys are joined and lists are searched is recorded in
 * localstack's AWS-validated test_sns_filter_policy.py.)
 *
 * @throws DeploymentError with the subscription's address for what SNS refuses, in its words: a message is never delivered,
 *   or kept back, by guessing
 */
export function compileFilterPolicy(subscription: Attributes): MessageFilter {
  const text = subscription.optionalString("filter_policy");
  const scope = subscription.optionalString("filter_policy_scope", {
    oneOf: ["MessageAttributes", "MessageBody"],
  });
  if (text === undefined) return () => true;
  const inBody = scope === "MessageBody";
  const policy = jsonObject(subscription, "filter_policy", text);
  const refuse = (reason: string): never => subscription.refuse("filter_policy", reason);
  if (Object.keys(policy).length > 5) refuse("Filter policy can not have more than 5 keys");
  if (complexity(policy, 1) > 150) refuse("Filter policy is too complex");
  const alternatives = compileRules(policy, "", inBody, refuse);
  if (!inBody) return (_, attributes) => matches(alternatives, attributeValues(attributes));
  return (message) => {
    const body = parseJson(message);
    return isObject(body) && matches(alternatives, valuesOf(body));
  };
}

/** The product of the numbers of values, each times its depth (Developer Guide, "Filter policy constraints"). */
function complexity(policy: Readonly<Record<string, unknown>>, depth: number): number {
  return Object.entries(policy).reduce((product, [key, value]) => {
    if (isObject(value)) return product * complexity(value, depth + 1);
    if (!Array.isArray(value)) return product;
    if (key !== "$or") return product * value.length * depth;
    return (
      product * value.reduce((sum: number, part) => sum + (isObject(part) ? complexity(part, depth) : 1), 0)
    );
  }, 1);
}

function attributeValues(attributes: MessageAttributes): Values {
  return new Map(Object.entries(attributes).map(([name, attribute]) => [name, attributeValue(attribute)]));
}

/** An attribute's values: several for `String.Array`, none that a policy could match for binary ones. */
function attributeValue({ DataType, StringValue = "", BinaryValue }: MessageAttribute): readonly unknown[] {
  if (DataType.startsWith("Binary")) return [BinaryValue];
  if (DataType.startsWith("Number")) return [Number(StringValue)];
  if (!DataType.startsWith("String.Array")) return [StringValue];
  const list = parseJson(StringValue);
  return Array.isArray(list) ? list : [StringValue];
}

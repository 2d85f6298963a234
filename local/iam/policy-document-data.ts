import { type Attributes, DeploymentError, type Value } from "../deployment/attributes";
import { byCodePoint, encodeString } from "../deployment/expression/json";
import type { ComputedAttributes } from "../deployment/resource-type";
import { isObject } from "../kernel/json";

type Json = Record<string, Value>;

/** The JSON of `aws_iam_policy_document`, byte for byte as the AWS provider renders it. */
export const policyDocument: ComputedAttributes = (own) => {
  for (const key of [
    "source_policy_documents",
    "override_policy_documents",
    "source_json",
    "override_json",
  ]) {
    if (own.has(key))
      throw new DeploymentError(
        `${own.address} (stack ${own.stack}): ${key} is not supported by the local runtime; write its statements into the document`,
      );
  }
  const version = own.optionalString("version") ?? "2012-10-17";
  const policyId = own.optionalString("policy_id");
  const statements = own.blocks("statement").map(statementJson);
  const document: Json = {
    Version: version,
    ...(policyId === undefined ? {} : { Id: policyId }),
    ...(statements.length === 0 ? {} : { Statement: statements }),
  };
  return { version, json: render(document, "\n"), minified_json: render(document, undefined) };
};

/** The members in the order in which the provider writes them. */
function statementJson(statement: Attributes): Json {
  const sid = statement.optionalString("sid");
  return {
    ...(sid === undefined ? {} : { Sid: sid }),
    Effect: statement.optionalString("effect") ?? "Allow",
    ...member("Action", setOf(statement.strings("actions"))),
    ...member("NotAction", setOf(statement.strings("not_actions"))),
    ...member("Resource", setOf(statement.strings("resources").map(withVariables))),
    ...member("NotResource", setOf(statement.strings("not_resources").map(withVariables))),
    ...member("Principal", principals(statement.blocks("principals"))),
    ...member("NotPrincipal", principals(statement.blocks("not_principals"))),
    ...member("Condition", conditions(statement.blocks("condition"))),
  };
}

function member(name: string, value: Value | undefined): Json {
  return value === undefined ? {} : { [name]: value };
}

/** One item is not in a list; the provider sorts several backwards. */
function setOf(items: readonly string[]): Value | undefined {
  const sorted = [...new Set(items)].sort(byCodePoint).reverse();
  return sorted.length > 1 ? sorted : sorted[0];
}

/** `&{aws:username}` is how Terraform writes IAM's `${aws:username}`. */
function withVariables(text: string): string {
  return text.replaceAll("&{", "$".concat("{"));
}

function principals(blocks: readonly Attributes[]): Value | undefined {
  if (blocks.length === 0) return undefined;
  const byType = new Map<string, string[]>();
  for (const block of blocks) {
    const type = block.string("type");
    const identifiers = block.strings("identifiers").map(withVariables);
    if (type === "*" && identifiers.length === 1 && identifiers[0] === "*") return "*";
    byType.set(type, [...(byType.get(type) ?? []), ...identifiers]);
  }
  return sortedMembers(byType, (identifiers) => setOf(identifiers) ?? []);
}

/** Conditions keep their values' order. */
function conditions(blocks: readonly Attributes[]): Value | undefined {
  if (blocks.length === 0) return undefined;
  const byTest = new Map<string, Map<string, string[]>>();
  for (const block of blocks) {
    const byVariable = byTest.get(block.string("test")) ?? new Map<string, string[]>();
    const variable = block.string("variable");
    byVariable.set(variable, [
      ...(byVariable.get(variable) ?? []),
      ...block.strings("values").map(withVariables),
    ]);
    byTest.set(block.string("test"), byVariable);
  }
  return sortedMembers(byTest, (byVariable) =>
    sortedMembers(byVariable, (values) => (values.length === 1 ? (values[0] ?? null) : values)),
  );
}

function sortedMembers<T>(members: ReadonlyMap<string, T>, render: (member: T) => Value): Json {
  return Object.fromEntries(
    [...members]
      .sort(([left], [right]) => byCodePoint(left, right))
      .map(([key, item]) => [key, render(item)]),
  );
}

/** `newLine`: a line end with the indentation so far, `undefined` for JSON without spaces. */
function render(value: Value, newLine: string | undefined): string {
  const inner = newLine === undefined ? undefined : `${newLine}  `;
  if (Array.isArray(value)) {
    return enclose(
      "[]",
      value.map((item) => render(item, inner)),
      newLine,
    );
  }
  if (isObject(value)) {
    const colon = newLine === undefined ? ":" : ": ";
    return enclose(
      "{}",
      Object.entries(value).map(([key, item]) => encodeString(key) + colon + render(item, inner)),
      newLine,
    );
  }
  return typeof value === "string" ? encodeString(value) : String(value);
}

function enclose(brackets: "[]" | "{}", items: readonly string[], newLine: string | undefined): string {
  const [open, close] = brackets;
  if (newLine === undefined || items.length === 0) return `${open}${items.join(",")}${close}`;
  return `${open}${newLine}  ${items.join(`,${newLine}  `)}${newLine}${close}`;
}

import { type Attributes, DeploymentError, type Value } from "../deployment/attributes";
import { byCodePoint, encodeString } from "../deployment/expression/json";
import type { ComputedAttributes } from "../deployment/resource-type";
import { isObject, parseJson } from "../kernel/json";

type Json = Record<string, Value>;

/** A document that statements are merged into. */
interface Merged {
  version: string;
  id: string | undefined;
  readonly statements: Json[];
}

/**
 * The JSON of `aws_iam_policy_document`, byte for byte as the AWS provider renders it: the source documents, its own statements, then
 * the documents that override them (`policy_document_data_source.go` and `policy_model.go` of the provider).
 */
export const policyDocument: ComputedAttributes = (own) => {
  for (const key of ["source_json", "override_json"])
    if (own.optionalString(key) !== undefined)
      own.fail(
        key,
        `left out: the provider does not read it any more; use ${key.replace("json", "policy_documents")}`,
      );
  const merged: Merged = { version: "", id: undefined, statements: [] };
  const sources = documentsIn(own, "source_policy_documents");
  requireUniqueSids(own, sources);
  const version = own.optionalString("version") ?? "2012-10-17";
  const itself: Merged = {
    ...{ version, id: own.optionalString("policy_id") },
    statements: own.blocks("statement").map(statementJson),
  };
  for (const document of [...sources, itself, ...documentsIn(own, "override_policy_documents")])
    merge(merged, document);
  const { id, statements } = merged;
  const document: Json = {
    Version: merged.version,
    ...(id === undefined ? {} : { Id: id }),
    ...(statements.length === 0 ? {} : { Statement: statements }),
  };
  return { version, json: render(document, "\n"), minified_json: render(document, undefined) };
};

/** A statement takes the place of an earlier one with its Sid; the newest Id counts, and the highest version. */
function merge(into: Merged, { version, id, statements }: Merged): void {
  if (version > into.version) into.version = version;
  into.id = id ?? into.id;
  for (const statement of statements) {
    const same = into.statements.findIndex(({ Sid }) => Sid !== undefined && Sid === statement.Sid);
    into.statements.splice(same < 0 ? into.statements.length : same, same < 0 ? 0 : 1, statement);
  }
}

function documentsIn(own: Attributes, key: string): Merged[] {
  return own.strings(key).map((text) => {
    const document = parseJson(text);
    const statements = isObject(document) ? (document.Statement ?? []) : undefined;
    if (!isObject(document) || !Array.isArray(statements) || !statements.every(isObject))
      return own.fail(key, "a list of policy documents in JSON, each with a list of statements");
    const textOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
    return {
      version: textOf(document.Version) ?? "",
      id: textOf(document.Id),
      statements: statements.map((statement) => foreignStatement(own, key, statement)),
    };
  });
}

function requireUniqueSids(own: Attributes, sources: readonly Merged[]): void {
  const sids = sources.flatMap(({ statements }) => statements.flatMap(({ Sid }) => Sid ?? []));
  const twice = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (twice !== undefined)
    throw new DeploymentError(
      `${own.address}: source_policy_documents has the Sid ${twice} twice, and Terraform refuses it: remove the Sid or ensure Sids are unique`,
    );
}

/** A statement of another document as the provider writes it again: what it does not know is gone. */
function foreignStatement(own: Attributes, key: string, statement: Record<string, unknown>): Json {
  const known = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource"];
  const entries = known.flatMap((name): [string, Value][] => {
    const value = statement[name] as Value | undefined;
    return value === undefined || value === null || value === "" ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(entries),
    ...member("Principal", foreignPrincipals(statement.Principal)),
    ...member("NotPrincipal", foreignPrincipals(statement.NotPrincipal)),
    ...member("Condition", foreignConditions(own, key, statement.Condition)),
  };
}

function foreignPrincipals(given: unknown): Value | undefined {
  if (!isObject(given)) return given === undefined ? undefined : "*";
  const byType = new Map(
    Object.entries(given).map(([type, names]): [string, Value] => [
      type,
      Array.isArray(names) ? names.map(String).sort(byCodePoint).reverse() : String(names),
    ]),
  );
  return sortedMembers(byType, (names) => names);
}

function foreignConditions(own: Attributes, key: string, given: unknown): Value | undefined {
  if (!isObject(given)) return undefined;
  const valuesOf = (values: unknown): Value => {
    const listed: unknown[] = Array.isArray(values) ? values : [values];
    const isText = (value: unknown): value is string => typeof value === "string";
    if (typeof values === "boolean") return String(values);
    // The provider drops a condition with a number without a word, which lets more pass.
    if (!listed.every(isText)) return own.fail(key, "conditions whose values are texts");
    return listed.length === 1 ? (listed[0] ?? "") : listed;
  };
  const byTest = new Map(
    Object.entries(given).map(([test, variables]) => [
      test,
      new Map(
        Object.entries(isObject(variables) ? variables : {}).map(([name, values]) => [
          name,
          valuesOf(values),
        ]),
      ),
    ]),
  );
  return sortedMembers(byTest, (variables) => sortedMembers(variables, (values) => values));
}

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

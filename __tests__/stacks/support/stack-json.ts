/** A block of synthesized JSON, with the readers that tests need. */
export type Body = Readonly<Record<string, unknown>>;

export interface StackJson {
  readonly text: string;
  readonly json: Body;
  /** The resources of that type, by name. */
  resources(type: string): Readonly<Record<string, Body>>;
  /** The data sources of that type, by name. */
  dataSources(type: string): Readonly<Record<string, Body>>;
  /** The only resource of that type. */
  only(type: string): Body;
  /** The address of the only resource of that type, as references to it have it. */
  addressOf(type: string): string;
  /** How many resources and data sources of each type there are. */
  readonly counts: Readonly<Record<string, number>>;
  /** Every address, sorted: `aws_sns_topic.LambdaSNSTopic`, `data.archive_file.InternalLambda`. */
  readonly addresses: readonly string[];
  /** The outputs that are not cdktf's own. */
  readonly outputs: Readonly<Record<string, Body>>;
}

export function stackJson(text: string): StackJson {
  const json = body(JSON.parse(text));
  const byType = (section: unknown, prefix: string) =>
    Object.entries(body(section)).flatMap(([type, named]) =>
      Object.keys(body(named)).map((name) => `${prefix}${type}.${name}`),
    );
  const named = (section: unknown, type: string) =>
    Object.fromEntries(Object.entries(body(body(section)[type])).map(([name, value]) => [name, body(value)]));
  const resources = (type: string) => named(json.resource, type);
  return {
    text,
    json,
    resources,
    dataSources: (type) => named(json.data, type),
    only(type) {
      const [first, ...more] = Object.values(resources(type));
      if (first === undefined || more.length > 0)
        throw new Error(`${type}: expected one, found ${more.length + (first ? 1 : 0)}`);
      return first;
    },
    addressOf: (type) => `${type}.${Object.keys(resources(type)).join(" and ")}`,
    counts: { ...countsOf(json.data, "data."), ...countsOf(json.resource, "") },
    addresses: [...byType(json.resource, ""), ...byType(json.data, "data.")].sort(),
    outputs: Object.fromEntries(
      Object.entries(body(json.output))
        .filter(([name]) => !name.startsWith("cross-stack-output-"))
        .map(([name, value]) => [name, body(value)]),
    ),
  };
}

function countsOf(section: unknown, prefix: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(body(section)).map(([type, named]) => [
      `${prefix}${type}`,
      Object.keys(body(named)).length,
    ]),
  );
}

export function body(value: unknown): Body {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

/** The list of blocks, as Terraform takes one block too. */
export function blocks(value: unknown): Body[] {
  return Array.isArray(value) ? value.map(body) : value === undefined ? [] : [body(value)];
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: unknown;
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

export function statements(policy: unknown): Statement[] {
  return JSON.parse(String(policy)).Statement;
}

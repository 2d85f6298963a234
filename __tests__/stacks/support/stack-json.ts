/** A block of synthesized JSON, with the readers that tests need. */
export type Body = Readonly<Record<string, unknown>>;

export interface StackJson {
  readonly text: string;
  readonly json: Body;
  /** The resources of that type, by name. */
  resources(type: string): Readonly<Record<string, Body>>;
  /** The only resource of that type. */
  only(type: string): Body;
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
  const resources = (type: string) =>
    Object.fromEntries(
      Object.entries(body(body(json.resource)[type])).map(([name, value]) => [name, body(value)]),
    );
  return {
    text,
    json,
    resources,
    only(type) {
      const [first, ...more] = Object.values(resources(type));
      if (first === undefined || more.length > 0)
        throw new Error(`${type}: expected one, found ${more.length + (first ? 1 : 0)}`);
      return first;
    },
    addresses: [...byType(json.resource, ""), ...byType(json.data, "data.")].sort(),
    outputs: Object.fromEntries(
      Object.entries(body(json.output))
        .filter(([name]) => !name.startsWith("cross-stack-output-"))
        .map(([name, value]) => [name, body(value)]),
    ),
  };
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

import { DeploymentError } from "../deployment/attributes";
import type { Resource } from "../deployment/deployment";
import { isObject, type JsonObject, parseJson } from "../kernel/json";
import { type Condition, readCondition } from "./conditions";
import { Pattern } from "./pattern";

/** Where a policy is attached, which decides what its statements must name. */
export type PolicyUse = "identity" | "resource" | "trust";

/** An IAM policy of the deployment, read. */
export type Policy = readonly Statement[];

export interface Statement {
  /** Where its policy is: the address and the attribute, `aws_iam_role_policy.P.policy`. */
  readonly policy: string;
  /** Its `Sid`, or its place in the policy: `Statement[0]`. */
  readonly name: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: Match;
  /** `undefined` in trust policies, which are about their role. */
  readonly resources: Match | undefined;
  /** `undefined` in identity-based policies, which are about their role. */
  readonly principals: Principals | undefined;
  readonly conditions: readonly Condition[];
}

/** `Action` or, with `except`, `NotAction`; the same for resources. */
export interface Match {
  readonly except: boolean;
  readonly patterns: readonly Pattern[];
}

/** `Principal` or, with `except`, `NotPrincipal`. */
export interface Principals {
  readonly except: boolean;
  readonly everyone: boolean;
  /** Account ids and ARNs. */
  readonly aws: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
}

/**
 * Reads a policy attribute, `undefined` where it is not set.
 *
 * @throws DeploymentError for what AWS would refuse as a malformed policy document
 */
export function readPolicy(
  resource: Pick<Resource, "address" | "optionalString">,
  key: string,
  use: PolicyUse,
): Policy | undefined {
  const text = resource.optionalString(key);
  if (text === undefined) return undefined;
  const name = `${resource.address}.${key}`;
  const document = parseJson(text);
  if (document === undefined)
    throw new DeploymentError(`${name}: a policy must be JSON, received ${excerpt(text)}`);
  return policyOf(document, name, use);
}

/** @param name where the policy is, as messages say it. @throws as `readPolicy` */
export function policyOf(document: unknown, name: string, use: PolicyUse): Policy {
  return new Reader(name, use).policy(document);
}

/** Checks a document against "Grammar of the IAM JSON policy language" in the IAM user guide, and reads it. */
class Reader {
  constructor(
    private readonly name: string,
    private readonly use: PolicyUse,
  ) {}

  policy(document: unknown): Policy {
    const members = this.#object(document, "");
    this.#only(members, ["Version", "Id", "Statement"], "");
    const { Version = "2008-10-17", Statement } = members;
    if (Version !== "2012-10-17" && Version !== "2008-10-17")
      this.#fail("Version", `must be "2012-10-17" or "2008-10-17", received ${excerpt(Version)}`);
    if (members.Id !== undefined && typeof members.Id !== "string")
      this.#fail("Id", `must be text, received ${excerpt(members.Id)}`);
    if (Statement === undefined) this.#fail("Statement", "is missing");
    const listed = Array.isArray(Statement);
    const statements = (listed ? Statement : [Statement]).map((statement: unknown, index) =>
      this.#statement(statement, listed ? `Statement[${index}]` : "Statement", Version === "2012-10-17"),
    );
    this.#requireUniqueSids(statements);
    return statements;
  }

  #statement(document: unknown, path: string, variables: boolean): Statement {
    const members = this.#object(document, path);
    const known = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    this.#only(members, this.use === "identity" ? known : [...known, "Principal", "NotPrincipal"], path);
    const { Sid, Effect } = members;
    if (
      Sid !== undefined &&
      (typeof Sid !== "string" || (this.use === "identity" && !/^[A-Za-z0-9]*$/.test(Sid)))
    )
      this.#fail(`${path}.Sid`, `must be letters and digits, received ${excerpt(Sid)}`);
    if (Effect !== "Allow" && Effect !== "Deny")
      this.#fail(`${path}.Effect`, `must be "Allow" or "Deny", received ${excerpt(Effect)}`);
    return {
      policy: this.name,
      name: typeof Sid === "string" && Sid !== "" ? Sid : path,
      effect: Effect,
      actions: this.#actions(members, path),
      resources:
        this.use === "trust" ? this.#noResources(members, path) : this.#resources(members, path, variables),
      principals: this.use === "identity" ? undefined : this.#principals(members, path),
      conditions: this.#conditions(members.Condition, `${path}.Condition`, variables),
    };
  }

  #actions(members: JsonObject, path: string): Match {
    const [key, values] = this.#eitherOf(members, "Action", "NotAction", path);
    for (const value of values) {
      if (!/^(?:\*|[\w-]+:[\w*?]+)$/.test(value))
        this.#fail(`${path}.${key}`, `must be "*" or like "sns:Publish", received ${excerpt(value)}`);
    }
    const syntax = { wildcards: true, variables: false, ignoreCase: true };
    return { except: key === "NotAction", patterns: values.map((value) => new Pattern(value, syntax)) };
  }

  #resources(members: JsonObject, path: string, variables: boolean): Match {
    const [key, values] = this.#eitherOf(members, "Resource", "NotResource", path);
    for (const value of values) {
      if (this.use === "identity" && !/^(?:\*|arn:[^:]+:[^:*?]+:.*)$/s.test(value))
        this.#fail(
          `${path}.${key}`,
          `must be "*" or an ARN that names its service, received ${excerpt(value)}`,
        );
    }
    const syntax = { wildcards: true, variables, arn: true };
    return { except: key === "NotResource", patterns: values.map((value) => new Pattern(value, syntax)) };
  }

  #noResources(members: JsonObject, path: string): undefined {
    for (const key of ["Resource", "NotResource"]) {
      if (members[key] !== undefined) this.#fail(`${path}.${key}`, "is not allowed in a trust policy");
    }
    return undefined;
  }

  #principals(members: JsonObject, path: string): Principals {
    const { Principal, NotPrincipal } = members;
    if ((Principal === undefined) === (NotPrincipal === undefined))
      this.#fail(path, "must have either Principal or NotPrincipal");
    const except = Principal === undefined;
    const key = `${path}.${except ? "NotPrincipal" : "Principal"}`;
    const given = except ? NotPrincipal : Principal;
    if (given === "*") return { except, everyone: true, aws: new Set(), services: new Set() };
    const byType = this.#object(given, key);
    this.#only(byType, ["AWS", "Service", "Federated", "CanonicalUser"], key);
    const aws = byType.AWS === undefined ? [] : this.#strings(byType.AWS, `${key}.AWS`);
    for (const value of aws) {
      if (!/^(?:\*|\d{12}|arn:[^:]+:(?:iam|sts)::\d{12}:[^*?]+|A[A-Z0-9]{15,})$/.test(value))
        this.#fail(
          `${key}.AWS`,
          `must be "*", an account or the ARN of one identity, received ${excerpt(value)}`,
        );
    }
    const services = byType.Service === undefined ? [] : this.#strings(byType.Service, `${key}.Service`);
    return { except, everyone: aws.includes("*"), aws: new Set(aws), services: new Set(services) };
  }

  #conditions(document: unknown, path: string, variables: boolean): Condition[] {
    if (document === undefined) return [];
    return Object.entries(this.#object(document, path)).flatMap(([operator, tests]) =>
      Object.entries(this.#object(tests, `${path}.${operator}`)).map(([key, given]) => {
        const at = `${path}.${operator}.${key}`;
        const condition = readCondition(operator, key, this.#scalars(given, at), variables);
        return typeof condition === "string" ? this.#fail(at, condition) : condition;
      }),
    );
  }

  #eitherOf(members: JsonObject, key: string, notKey: string, path: string): [string, readonly string[]] {
    if ((members[key] === undefined) === (members[notKey] === undefined))
      this.#fail(path, `must have either ${key} or ${notKey}`);
    const given = members[key] === undefined ? notKey : key;
    return [given, this.#strings(members[given], `${path}.${given}`)];
  }

  #strings(value: unknown, path: string): readonly string[] {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    if (values.length === 0) this.#fail(path, "must not be empty");
    return values.map((item) =>
      typeof item === "string"
        ? item
        : this.#fail(path, `must be text or a list of texts, received ${excerpt(item)}`),
    );
  }

  /** Values of conditions may be written as numbers and booleans too. */
  #scalars(value: unknown, path: string): readonly string[] {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.map((item) =>
      ["string", "number", "boolean"].includes(typeof item)
        ? String(item)
        : this.#fail(path, `must be text, a number or a boolean, received ${excerpt(item)}`),
    );
  }

  #object(value: unknown, path: string): JsonObject {
    return isObject(value) ? value : this.#fail(path, `must be an object, received ${excerpt(value)}`);
  }

  #only(members: JsonObject, known: readonly string[], path: string): void {
    for (const key of Object.keys(members)) {
      if (!known.includes(key))
        this.#fail(path === "" ? key : `${path}.${key}`, "is not part of a policy here");
    }
  }

  #requireUniqueSids(statements: readonly Statement[]): void {
    const names = statements.map(({ name }) => name);
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (this.use === "identity" && repeated !== undefined)
      this.#fail("Statement", `has the Sid ${repeated} twice`);
  }

  #fail(path: string, problem: string): never {
    throw new DeploymentError(`${this.name}: malformed policy document at ${path || "the top"}: ${problem}`);
  }
}

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 82 ? `${text.slice(0, 81)}…` : text;
}

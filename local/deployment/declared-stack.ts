import { isObject } from "../kernel/json";
import { DeploymentError } from "./attributes";
import {
  AWS_PROVIDER,
  conditionsIn,
  LIFECYCLE,
  lifecyclesOf,
  requireKnown,
  SECTIONS,
  TERRAFORM,
} from "./terraform-settings";

/** A stack as CDKTF wrote it, nothing evaluated. */
export interface SynthesizedStack {
  readonly name: string;
  /** Absolute; Terraform runs the stack from here. */
  readonly folder: string;
  /** The members of `cdk.tf.json`. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** A resource or data source as a stack declares it, nothing evaluated. */
export interface Declaration {
  /** Terraform's address: `aws_sns_topic.UserNames`, `data.archive_file.ExternalLambda1`. */
  readonly address: string;
  /** `aws_sns_topic`, `data.archive_file` */
  readonly type: string;
  /** The arguments, without Terraform's own. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Addresses in `depends_on`. */
  readonly dependsOn: readonly string[];
  /** References in `replace_triggered_by`. */
  readonly references: readonly string[];
  /** What says how many of it there are; `undefined`: one. */
  readonly repetition: Repetition | undefined;
}

/** `count`, a number, or `for_each`, a map or a set of texts: nothing evaluated. */
export interface Repetition {
  readonly kind: "count" | "for_each";
  readonly value: unknown;
}

/** An address with its stack, for messages. */
export function locationOf(stack: { readonly name: string }, address: string): string {
  return `${address} (stack ${stack.name})`;
}

type Section = Readonly<Record<string, unknown>>;

/** What a stack declares. The values are JSON with expressions in it. */
export interface DeclaredStack {
  readonly name: string;
  readonly folder: string;
  readonly resources: ReadonlyMap<string, Declaration>;
  readonly locals: Section;
  readonly variables: Section;
  readonly outputs: Section;
  /** The configuration of the AWS provider without an alias, `undefined` where the stack has none. */
  readonly awsProvider: Section | undefined;
  /** What has a condition that Terraform checks: `aws_sns_topic.UserNames`, `var.stage`, `check.health`. */
  readonly conditions: readonly string[];
  /** Where Terraform keeps the state; `local` unless the stack says otherwise. */
  readonly backend: { readonly type: string; readonly config: unknown };
}

const metaArguments = new Set(["//", "count", "depends_on", "for_each", "lifecycle", "provider"]);

/** @throws DeploymentError for modules, provisioners, providers with an alias and whatever else is not read, naming the address */
export function declareStack({ name, folder, json }: SynthesizedStack): DeclaredStack {
  const modules = Object.keys(section(name, json, "module"));
  if (modules.length > 0)
    throw new DeploymentError(
      `module.${modules[0]} (stack ${name}): modules are not supported by the local runtime; declare its resources in the stack`,
    );
  const awsProvider = defaultConfiguration(section(name, json, "provider").aws);
  requireKnown(`stack ${name}`, json, SECTIONS);
  requireKnown(`terraform (stack ${name})`, section(name, json, "terraform"), TERRAFORM);
  requireKnown(`provider.aws (stack ${name})`, awsProvider ?? {}, AWS_PROVIDER);
  const declarations = [
    ...declarationsIn(name, "", section(name, json, "resource")),
    ...declarationsIn(name, "data.", section(name, json, "data")),
  ];
  return {
    name,
    folder,
    resources: new Map(declarations.map((declaration) => [declaration.address, declaration])),
    locals: section(name, json, "locals"),
    variables: section(name, json, "variable"),
    outputs: section(name, json, "output"),
    awsProvider,
    conditions: conditionsIn(json),
    backend: backendOf(section(name, json, "terraform")),
  };
}

function section(stack: string, json: Section, key: string): Section {
  const value = json[key];
  if (value === undefined) return {};
  if (isObject(value)) return value;
  throw new DeploymentError(`stack ${stack}: "${key}" must be an object, as CDKTF writes it`);
}

function declarationsIn(stack: string, prefix: "" | "data.", types: Section): Declaration[] {
  return Object.entries(types).flatMap(([type, byName]) => {
    if (!isObject(byName))
      throw new DeploymentError(
        `${prefix}${type} (stack ${stack}): must be an object by name, as CDKTF writes it`,
      );
    return Object.entries(byName).map(([name, written]) => {
      const address = `${prefix}${type}.${name}`;
      // Terraform's JSON may have a block as a list of one.
      const body: unknown = Array.isArray(written) && written.length === 1 ? written[0] : written;
      if (!isObject(body)) throw new DeploymentError(`${address} (stack ${stack}): must be an object`);
      refuse(`${address} (stack ${stack})`, type, body);
      return {
        address,
        type: prefix + type,
        body: Object.fromEntries(Object.entries(body).filter(([key]) => !metaArguments.has(key))),
        dependsOn: strings(body.depends_on),
        references: lifecyclesOf(body).flatMap((lifecycle) => strings(lifecycle.replace_triggered_by)),
        repetition: repetitionOf(body),
      };
    });
  });
}

function refuse(where: string, type: string, body: Section): void {
  for (const lifecycle of lifecyclesOf(body)) requireKnown(`${where}: lifecycle`, lifecycle, LIFECYCLE);
  if (body.provisioner !== undefined)
    throw new DeploymentError(
      `${where}: provisioner is not supported by the local runtime, which runs no commands; take it out of what is served`,
    );
  const isAnother = (provider: string) =>
    provider.includes(".") || (type.startsWith("aws_") && provider !== "aws");
  if (typeof body.provider === "string" && isAnother(body.provider))
    throw new DeploymentError(
      `${where}: the provider ${body.provider} is not supported: the local runtime serves one region; use the provider without an alias`,
    );
}

function repetitionOf(body: Section): Repetition | undefined {
  if (body.count !== undefined) return { kind: "count", value: body.count };
  return body.for_each === undefined ? undefined : { kind: "for_each", value: body.for_each };
}

function defaultConfiguration(provider: unknown): Section | undefined {
  const configurations = Array.isArray(provider) ? provider : [provider];
  return configurations.find((configuration) => isObject(configuration) && configuration.alias === undefined);
}

function backendOf(terraform: Section): DeclaredStack["backend"] {
  const [entry] = Object.entries(isObject(terraform.backend) ? terraform.backend : {});
  return { type: entry?.[0] ?? "local", config: entry?.[1] ?? {} };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

import { type Arn, parseArn } from "../kernel/arn";
import { isObject } from "../kernel/json";
import { DeploymentError, type Value } from "./attributes";
import { Deployment, Resource } from "./deployment";
import { effectOf } from "./elsewhere";

const REMOTE_STATE = "data.terraform_remote_state";

/**
 * The deployment that Terraform's states describe.
 *
 * @param showJsonByStack by stack, what `terraform show -json` prints, parsed
 * @param stackFolders by stack, the absolute folder from which Terraform ran: archives are created from folders in it
 * @throws DeploymentError for a state that is empty, of a format that is not known, or of several regions or accounts
 */
export function readStates(
  showJsonByStack: Readonly<Record<string, unknown>>,
  stackFolders: Readonly<Record<string, string>>,
): Deployment {
  const states = Object.entries(showJsonByStack).map(([stack, json]) => ({
    stack,
    values: valuesOf(stack, json),
  }));
  const resources = states.flatMap(({ stack, values }) => resourcesOf(stack, values));
  for (const { stack } of states) {
    if (stackFolders[stack] === undefined)
      throw new DeploymentError(`stack ${stack}: the folder from which Terraform ran is not known; name it`);
  }
  // What belongs to other services may be elsewhere: a certificate of a distribution always is in us-east-1.
  const arns = resources.flatMap(({ type, values }) =>
    // An API's own ARN has no account, the one of its methods has.
    effectOf(type).kind === "unknown" ? [...arnOf(values.arn), ...arnOf(values.execution_arn)] : [],
  );
  return new Deployment(
    only("region", arns, ({ region }) => region),
    only("account", arns, ({ accountId }) => accountId),
    stackFolders,
    resources,
    Object.fromEntries(states.map(({ stack, values }) => [stack, outputsOf(stack, values)])),
  );
}

function valuesOf(stack: string, json: unknown): Record<string, Value> {
  const version = isObject(json) ? json.format_version : undefined;
  // Terraform promises that only a new major version breaks what is read here.
  if (!isObject(json) || typeof version !== "string" || !version.startsWith("1."))
    throw new DeploymentError(
      `stack ${stack}: not the output of \`terraform show -json\` (format_version 1.x), format_version is ${JSON.stringify(version)}`,
    );
  if (!isJsonObject(json.values))
    throw new DeploymentError(`stack ${stack}: its state is empty; apply the project first`);
  return json.values;
}

function resourcesOf(stack: string, values: Readonly<Record<string, Value>>): Resource[] {
  return entriesOf(values.root_module ?? {}).flatMap((entry) => {
    const { address, mode, type, values: attributes } = isObject(entry) ? entry : {};
    if (typeof address !== "string" || typeof type !== "string" || !isObject(attributes))
      throw new DeploymentError(`stack ${stack}: a resource of its state has no address, type or values`);
    const own = mode === "data" ? `data.${type}` : type;
    return own === REMOTE_STATE ? [] : [new Resource(stack, address, own, attributes)];
  });
}

/** The resources of a module and of those below it. An address says which module it is in: `module.api.aws_lambda_function.f[0]`. */
function entriesOf(module: Value): Value[] {
  if (!isObject(module)) return [];
  const [own, children] = [module.resources, module.child_modules];
  return [
    ...(Array.isArray(own) ? own : []),
    ...(Array.isArray(children) ? children.flatMap(entriesOf) : []),
  ];
}

function outputsOf(stack: string, values: Readonly<Record<string, Value>>): Record<string, Value> {
  const outputs = isObject(values.outputs) ? values.outputs : {};
  return Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => {
      if (!isObject(output)) throw new DeploymentError(`output.${name} (stack ${stack}): must be an object`);
      return [name, output.value ?? null];
    }),
  );
}

function arnOf(value: Value | undefined): Arn[] {
  const arn = typeof value === "string" ? parseArn(value) : undefined;
  return arn === undefined ? [] : [arn];
}

/** Global services leave the region out of their ARNs, API Gateway the account. */
function only(what: "region" | "account", arns: readonly Arn[], read: (arn: Arn) => string): string {
  const [first, second] = new Set(arns.map(read).filter((value) => value !== "" && value !== "aws"));
  if (first === undefined)
    throw new DeploymentError(`no resource's ARN tells the ${what}; apply the project first`);
  if (second !== undefined)
    throw new DeploymentError(
      `the states are of several ${what}s (${first}, ${second}); the local runtime serves one, deploy both stacks to the same`,
    );
  return first;
}

/** What is in parsed JSON is JSON. */
function isJsonObject(value: unknown): value is Record<string, Value> {
  return isObject(value);
}

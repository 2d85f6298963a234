import { architectureOf } from "../../local/architecture";
import type { CommandContext } from "../../local/command/command";
import type { Deployment, Resource } from "../../local/deployment/deployment";
import { openApiDocuments } from "../../local/openapi";
import {
  groupsOf,
  isSignedIn,
  type Route,
  routeId,
  scopesOf,
  userPoolsOf,
} from "../../stacks/secure-edge/route";
import { routes as allRoutes } from "../../stacks/secure-edge/routes";
import { writeAsked } from "../common/written-file";
import { synthesizeForServing } from "../serving/synthesize";

/** Writes what there is, for whoever has to know all of it: OWASP API9:2023, improper inventory management. */
export async function writeInventory(
  { out }: { readonly out?: string | undefined },
  context: CommandContext,
): Promise<number> {
  const { deployment, remove } = await synthesizeForServing(context);
  remove();
  const text = `# Inventory\n\n${inventoryOf(deployment)}\n`;
  if (out === undefined) context.stdout.write(text);
  else {
    writeAsked("out", out, text);
    context.stdout.write(`Inventory written to ${out}\n`);
  }
  return 0;
}

/**
 * The APIs, functions, user pools and data of a deployment, as Markdown tables.
 *
 * @param routes rows that the deployment has no method of are left out
 */
export function inventoryOf(deployment: Deployment, routes: readonly Route[] = allRoutes): string {
  return [
    "## APIs",
    table(
      ["API", "who may call it", "owner", "function", "requests a second (at once)", "body", "answers"],
      apis(deployment, routes),
    ),
    "## Functions",
    table(
      ["function", "handler", "runtime", "memory", "timeout", "called by", "reaches"],
      functions(deployment, routes),
    ),
    "## User pools",
    table(
      ["user pool", "sign-up", "second factor", "clients", "whom it lets in to"],
      pools(deployment, routes),
    ),
    "## Data",
    table(["where", "kind", "kept", "written or read by"], data(deployment)),
  ].join("\n\n");
}

const NONE = "—";

function apis(deployment: Deployment, routes: readonly Route[]): string[][] {
  const [document] = openApiDocuments(deployment).values();
  const paths = (document?.paths ?? {}) as Paths;
  return routes.flatMap((route) => {
    if (!isDeployed(deployment, route)) return [];
    const operation = paths[route.path.replace("+}", "}")]?.[route.method.toLowerCase()];
    const limits = operation?.["x-throttle"];
    const statuses = Object.keys(operation?.responses ?? {});
    return [
      [
        `\`${route.method} ${route.path}\``,
        callersOf(route),
        route.owner ?? NONE,
        `\`${route.functionName}\``,
        limits === undefined ? NONE : `${limits.rate} (${limits.burst})`,
        namesIn(operation?.requestBody),
        statuses.map((status) => `${status}${modelOf(operation?.responses?.[status])}`).join(", "),
      ],
    ];
  });
}

interface Operation {
  readonly requestBody?: object;
  readonly responses?: Readonly<Record<string, object>>;
  readonly "x-throttle"?: { readonly rate: number; readonly burst: number };
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** The models that a part of the OpenAPI document refers to. */
function namesIn(part: object | undefined): string {
  const names = [...JSON.stringify(part ?? {}).matchAll(/#\/components\/schemas\/(\w+)/g)];
  return [...new Set(names.map(([, name]) => `\`${name}\``))].join(", ") || NONE;
}

/** Of an answer, the model where it is not the one of all errors. */
function modelOf(response: object | undefined): string {
  const names = namesIn(response);
  return names === NONE || names === "`Error`" ? "" : ` ${names}`;
}

function isDeployed(deployment: Deployment, route: Route): boolean {
  return deployment
    .ofType("aws_api_gateway_method")
    .some(({ address }) => address === `aws_api_gateway_method.${routeId(route)}`);
}

function callersOf(route: Route): string {
  const key = route.apiKeyRequired ? ", with an API key" : "";
  if (!isSignedIn(route)) return `anybody: ${route.reason}${key}`;
  const [scopes, groups] = [scopesOf(route), groupsOf(route)];
  const users = `users of ${userPoolsOf(route)
    .map((pool) => `\`${pool}\``)
    .join(" and ")}`;
  const which =
    groups.length === 0 ? users : `${users} in ${groups.map((name) => `\`${name}\``).join(" or ")}`;
  const token =
    scopes.length === 0 ? "" : `, with a token for ${scopes.map((name) => `\`${name}\``).join(" or ")}`;
  return which + token + key;
}

function functions(deployment: Deployment, routes: readonly Route[]): string[][] {
  const { parts, connections } = architectureOf(deployment);
  const nameOf = new Map(parts.map(({ id, name }) => [id, name]));
  return deployment.ofType("aws_lambda_function").map((fn) => {
    const name = fn.string("function_name");
    const callers = connections
      .filter(({ to }) => to === fn.address)
      .map(({ from }) => nameOf.get(from) ?? from);
    const reached = connections
      .filter(({ from, to }) => from === fn.address && to !== "logs")
      .map(({ to, label }) => `\`${nameOf.get(to) ?? to}\`${label === undefined ? "" : ` (${label})`}`);
    return [
      `\`${name}\``,
      routes.find(({ functionName }) => functionName === name)?.handler ?? NONE,
      fn.string("runtime"),
      `${fn.number("memory_size", 128)} MB`,
      `${fn.number("timeout", 3)} s`,
      callers.join(", ") || NONE,
      [...reached, ...addressesOf(fn)].join(", ") || NONE,
    ];
  });
}

/** Third parties: what its variables say of them. */
function addressesOf(fn: Resource): string[] {
  const variables = fn.block("environment")?.stringMap("variables") ?? {};
  return Object.entries(variables).flatMap(([name, value]) =>
    /^https?:\/\//.test(value) && name !== "CORS_ORIGINS" ? [`${new URL(value).origin} (\`${name}\`)`] : [],
  );
}

function pools(deployment: Deployment, routes: readonly Route[]): string[][] {
  return deployment.ofType("aws_cognito_user_pool").map((pool) => {
    const name = pool.string("name");
    const onlyInvited = pool
      .block("admin_create_user_config")
      ?.boolean("allow_admin_create_user_only", false);
    const clients = deployment
      .ofType("aws_cognito_user_pool_client")
      .filter((client) => client.string("user_pool_id") === pool.string("id"))
      .map((client) => `\`${client.string("name")}\``);
    const open = routes.filter(
      (route) => isDeployed(deployment, route) && isSignedIn(route) && userPoolsOf(route).includes(name),
    );
    return [
      `\`${name}\``,
      onlyInvited ? "by invitation" : "anybody with an e-mail address",
      (pool.optionalString("mfa_configuration") ?? "OFF").toLowerCase(),
      clients.join(", "),
      open.map(({ method, path: of }) => `\`${method} ${of}\``).join(", "),
    ];
  });
}

function data(deployment: Deployment): string[][] {
  const { parts, connections } = architectureOf(deployment);
  const nameOf = new Map(parts.map(({ id, name }) => [id, name]));
  const users = (address: string) =>
    [
      ...new Set(connections.flatMap(({ from, to }) => (to === address ? [`\`${nameOf.get(from)}\``] : []))),
    ].join(", ") || NONE;
  const rows = (type: string, kind: string, key: string, kept: (resource: Resource) => string) =>
    deployment
      .ofType(type)
      .map((resource) => [`\`${resource.string(key)}\``, kind, kept(resource), users(resource.address)]);
  return [
    ...rows("aws_secretsmanager_secret", "secret", "name", () => "until it is deleted"),
    ...rows("aws_sns_topic", "topic", "name", () => "not at all"),
    ...rows("aws_sqs_queue", "queue", "name", (queue) =>
      days(queue.number("message_retention_seconds", 345_600) / 86_400),
    ),
    ...rows("aws_cognito_user_pool", "users", "name", () => "until they are deleted"),
    ...rows("aws_cloudwatch_log_group", "log", "name", (group) =>
      days(group.number("retention_in_days", 0)),
    ).map(([name = "", kind = "", kept = ""]) => [name, kind, kept, NONE]),
  ];
}

function days(count: number): string {
  return count === 0 ? "for ever" : `${count} days`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

import { readFileSync } from "node:fs";
import path from "node:path";
import type { Wire } from "../../local/aws-api/service";
import type { Deployment } from "../../local/deployment/deployment";
import { DOORS, SERVED_FAMILIES, TRIGGERS } from "../../local/deployment/elsewhere";
import type { ResourceType, ServedType } from "../../local/deployment/resource-type";
import { resourceTypes } from "../../local/load";
import { services } from "../../local/services/index";
import type { Service } from "../../local/services/service";

/**
 * The page that says what the runtime serves, from the table of services and from the ledger. Which attributes are read is
 * what the readers themselves recorded on the deployment given.
 */
export function coveragePage(deployment: Deployment): string {
  const ofServices = new Set(services.flatMap((service) => service.resourceTypes));
  const others = resourceTypes.filter((type) => !ofServices.has(type));
  return [
    overview(),
    ...[...services].sort(byTitle).map((service) => serviceSection(service, deployment)),
    "## IAM, and what no service serves",
    typesSection(others, deployment),
    "## Other types",
    otherTypes(),
  ].join("\n\n");
}

/** Terraform's settable attributes, by type: what the provider alone sets is not in it. */
const schema: ReadonlyMap<string, readonly string[]> = new Map(
  readFileSync(path.join(__dirname, "provider-schema.txt"), "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const [type = "", paths = ""] = line.split(": ");
      return [type, paths.split(" ")];
    }),
);

function byTitle(a: Service, b: Service): number {
  return a.title.localeCompare(b.title, "en");
}

function overview(): string {
  return table(
    ["service", "protocol", "operations", "resource types"],
    [...services]
      .sort(byTitle)
      .map((service) => [
        `[${service.title}](#${anchor(service.title)})`,
        protocolOf(service.wire),
        String(Object.keys(service.operations).length),
        String(service.resourceTypes.filter(({ status }) => status === "served").length),
      ]),
  );
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/ /g, "-")
    .replace(/[^\w-]/g, "");
}

function protocolOf(wire: Wire): string {
  switch (wire.protocol) {
    case "json":
      return `JSON ${wire.version}`;
    case "query":
      return `query ${wire.apiVersion}`;
    case "rest-json":
      return "REST with JSON";
  }
}

function serviceSection(service: Service, deployment: Deployment): string {
  return [
    `## ${service.title}`,
    `Signing name \`${service.name}\`, ${protocolOf(service.wire)}.`,
    operationsOf(service),
    ...(service.resourceTypes.length > 0 ? [typesSection(service.resourceTypes, deployment)] : []),
  ].join("\n\n");
}

function operationsOf({ name, operations }: Service): string {
  const all = Object.entries(operations);
  const isRest = all.some(([, { route }]) => route !== undefined);
  return table(
    ["operation", "permission", ...(isRest ? ["route"] : [])],
    all
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([operation, { action, route }]) => [
        operation,
        action === undefined ? "none" : action === `${name}:${operation}` ? "its own" : `\`${action}\``,
        ...(route === undefined ? [] : [`\`${route.method} ${route.path}\``]),
      ]),
  );
}

function otherTypes(): string {
  const code = (prefixes: readonly string[]) => prefixes.map((prefix) => `\`${prefix}*\``).join(", ");
  return [
    `**Stop the start**, because they belong to what is served: ${code(SERVED_FAMILIES)}.`,
    "**Stop the start**, because they open another door to it, or close this one:",
    Object.entries(DOORS)
      .map(([prefix, because]) => `- \`${prefix}*\`: ${because}`)
      .join("\n"),
    `**Named at start**, because AWS calls functions for them: ${code(TRIGGERS)}.`,
    "**Named at start**, because nothing here answers in their place: the types of every other service and provider, and data sources. " +
      "In a synthesized stack, what refers to an attribute of theirs that the stack does not set gets a placeholder of its form.",
  ].join("\n\n");
}

function typesSection(types: readonly ResourceType[], deployment: Deployment): string {
  const sorted = [...types].sort((a, b) => (a.type < b.type ? -1 : 1));
  const reasons = (status: "inert" | "refused") =>
    sorted.flatMap((type) =>
      type.status === status
        ? [`- \`${type.type}\`: ${type.because}${isNamed(type) ? " (named at start)" : ""}`]
        : [],
    );
  const [inert, refused] = [reasons("inert"), reasons("refused")];
  return [
    ...sorted.flatMap((type) => (type.status === "served" ? [servedType(type, deployment)] : [])),
    ...(refused.length > 0 ? ["**Types that stop the start**, because on AWS:", refused.join("\n")] : []),
    ...(inert.length > 0 ? ["**Types without effect here**:", inert.join("\n")] : []),
  ].join("\n\n");
}

function isNamed(type: ResourceType): boolean {
  return type.status === "inert" && type.named;
}

const UNREAD = "stops the start";

function servedType(type: ServedType, deployment: Deployment): string {
  const groups = new Map<string, string[]>();
  for (const { path: attribute, status } of statuses(type, deployment)) {
    groups.set(status, [...(groups.get(status) ?? []), `\`${attribute}\``]);
  }
  const order = ["read", "shown", "only", "not enforced", "no effect", UNREAD];
  const rank = (status: string) => order.findIndex((start) => status.startsWith(start));
  const lines = [...groups].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b, "en"));
  return [
    `### \`${type.type}\``,
    lines.map(([status, attributes]) => `- ${status}: ${attributes.join(", ")}`).join("\n"),
  ].join("\n\n");
}

interface Status {
  readonly path: string;
  readonly status: string;
}

function statuses(type: ServedType, deployment: Deployment): Status[] {
  const paths = schema.get(type.type);
  if (paths === undefined)
    throw new Error(`${type.type} is not in provider-schema.txt; CONTRIBUTING.md says how it is created`);
  const reads = deployment.ofType(type.type).map((resource) => resource.reads);
  const isWhole = (path: string) => reads.some((read) => read.isWhole(path));
  const isTouched = (path: string) => reads.some((read) => read.isWhole(path) || read.isOpened(path));
  const bare = paths.map((path) => path.replace(/\.$/, ""));
  const opened = new Set(
    bare.filter(
      (block) => !isWhole(block) && bare.some((path) => path.startsWith(`${block}.`) && isTouched(path)),
    ),
  );
  const own = (path: string): string | undefined => {
    if (type.inert?.[path] !== undefined) return `no effect here (${type.inert[path]})`;
    if (type.notEnforced?.[path] !== undefined) return `not enforced (${type.notEnforced[path]})`;
    if (type.shown?.includes(path)) return "shown in API answers only";
    if (isTouched(path)) return "read";
    return type.defaults?.[path] === undefined ? undefined : "only the provider's default";
  };
  const isOpened = (path: string): boolean =>
    own(path) === "read" ? opened.has(path) : own(path) === undefined && hasOwnChild(path);
  const hasOwnChild = (block: string): boolean =>
    bare.some((path) => path.startsWith(`${block}.`) && own(path) !== undefined);
  return bare
    .filter((path) => parents(path).every(isOpened) && !isOpened(path))
    .sort()
    .map((path) => ({ path, status: own(path) ?? UNREAD }));
}

/** `a`, `a.b` of `a.b.c`. */
function parents(path: string): string[] {
  const parts = path.split(".");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("."));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

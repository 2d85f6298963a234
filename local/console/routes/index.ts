import { isObject } from "../../kernel/json";
import { openApiDocuments } from "../../openapi";
import { AWS_OPERATIONS, type Routes, type TryRequest } from "../contract";
import { NOT_RUN } from "../defences/not-run";
import { functionViews, sourceOf } from "../functions";
import { messagesOverview, redrive } from "../messages";
import { mapOf, overviewOf } from "../overview";
import { permissionsOf } from "../permissions";
import { detailOf, summaryOf } from "../requests";
import { sendTry, tryForm } from "../try";
import { webAclOverview } from "../web-acl";
import { type Call, CallError } from "./call";

type Handlers = {
  readonly [R in keyof Routes]: (call: Call) => Routes[R]["answer"] | Promise<Routes[R]["answer"]>;
};

const MOST_REQUESTS = 10_000;
const MOST_MINUTES = 7 * 24 * 60;

/** Every route of the contract; the compiler holds both to each other. */
const HANDLERS: Handlers = {
  "GET /api/overview": ({ view }) => overviewOf(view),
  "GET /api/map": ({ view }) => mapOf(view),
  "GET /api/requests": ({ view, query }) => {
    const all = view.host.runtime.traces.recent();
    const before = query.get("before");
    const start = before === null ? 0 : all.findIndex(({ id }) => id === before) + 1;
    const limit = numberIn(query, "limit", 200, MOST_REQUESTS);
    return all.slice(start, start + limit).map((trace) => summaryOf(view, trace));
  },
  "GET /api/requests/{id}": ({ view, parameters, query }) => {
    const trace = view.host.runtime.traces.find(parameters.id ?? "");
    if (trace === undefined)
      throw new CallError(
        404,
        `request ${JSON.stringify(parameters.id)} is not among the newest ${MOST_REQUESTS}`,
      );
    return detailOf(view, trace, query.get("unmasked") === "true");
  },
  "POST /api/requests/clear": ({ view }) => {
    view.host.runtime.traces.clear();
    view.host.runtime.inside.activity.clear();
    view.kept.clear();
    return {};
  },
  "POST /api/keep": ({ view, input }) => {
    if (typeof input.messages !== "boolean")
      throw new CallError(400, `messages is ${JSON.stringify(input.messages)}; true or false`);
    view.kept.switch(input.messages);
    return {};
  },
  "GET /api/web-acl": ({ view, query }) =>
    webAclOverview(view, numberIn(query, "minutes", 180, MOST_MINUTES)),
  "GET /api/try": ({ view }) => tryForm(view),
  "POST /api/try": ({ view, input }) => {
    if (!isTryRequest(input))
      throw new CallError(
        400,
        "a request has stage, method and path as text; query, person, apiKey and body too; headers as pairs",
      );
    return sendTry(view, input);
  },
  "GET /api/defences": ({ view }) => view.defences.list(),
  "GET /api/defences/not-run": () => NOT_RUN,
  "POST /api/defences/attack": ({ view, input }) => view.defences.attack(view, textIn(input, "id")),
  "POST /api/defences/switch": ({ view, input: { ids, isOff } }) => {
    if (!Array.isArray(ids) || typeof isOff !== "boolean")
      throw new CallError(400, "a switch has ids, a list, and isOff, true or false");
    return view.defences.switch(ids.map(String), isOff);
  },
  "POST /api/defences/reset": ({ view }) => view.defences.reset(),
  "POST /api/defences/compare": ({ view, input }) => view.defences.compare(view, textIn(input, "id")),
  "GET /api/permissions": ({ view }) => permissionsOf(view.host.runtime),
  "GET /api/functions": ({ view }) => functionViews(view),
  "GET /api/functions/{name}/source": ({ view, parameters, query }) =>
    sourceOf(view, parameters.name ?? "", query.get("file")),
  "GET /api/messages": ({ view }) => messagesOverview(view),
  "POST /api/messages/redrive": ({ view, input }) => redrive(view, textIn(input, "queueArn")),
  "GET /api/inbox": ({ view }) => view.host.runtime.inbox.recent(),
  "GET /api/openapi": ({ view, query }) => openApiOf(view, query.get("stage")),
  "POST /api/aws": ({ view, input }) => {
    const service = textIn(input, "service");
    const operation = textIn(input, "operation");
    const operations = Object.hasOwn(AWS_OPERATIONS, service) ? AWS_OPERATIONS[service] : [];
    if (!operations?.includes(operation))
      throw new CallError(
        404,
        `the console does not call ${operation} of ${service}; AWS_OPERATIONS of its contract lists what it calls`,
      );
    const members = input.input ?? {};
    if (!isObject(members)) throw new CallError(400, "input must be an object");
    return view.host.runtime.inside.call(service, operation, toMembers(operation, { ...members }));
  },
};

const isOptionalText = (value: unknown) => value === undefined || typeof value === "string";
const isPair = (value: unknown) =>
  Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === "string");

function isTryRequest(input: object): input is TryRequest {
  const { stage, method, path, query, person, apiKey, body, headers } = input as Record<string, unknown>;
  return (
    [stage, method, path].every((value) => typeof value === "string" && value !== "") &&
    [query, person, apiKey, body].every(isOptionalText) &&
    (headers === undefined || (Array.isArray(headers) && headers.every(isPair)))
  );
}

/** The API's document; its address is the one that answers here. */
function openApiOf({ host }: Call["view"], asked: string | null): Routes["GET /api/openapi"]["answer"] {
  const { inside, awsEndpointUrl } = host.runtime;
  const documents = openApiDocuments(inside.deployment);
  const stage = asked ?? [...documents.keys()][0] ?? "";
  const document = documents.get(stage);
  if (document === undefined)
    throw new CallError(
      404,
      `stage is ${JSON.stringify(asked)}; there is ${[...documents.keys()].join(", ") || "none"}`,
    );
  return { stage, document: { ...document, servers: [{ url: `${awsEndpointUrl}/${stage}` }] } };
}

/** An invocation's payload is bytes, which JSON cannot say: a text becomes them. */
function toMembers(operation: string, members: Record<string, unknown>): Record<string, unknown> {
  if (operation !== "Invoke" || typeof members.Payload !== "string") return members;
  return { ...members, Payload: Buffer.from(members.Payload) };
}

function numberIn(query: URLSearchParams, name: string, fallback: number, most: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new CallError(400, `${name} is ${JSON.stringify(text)}; a whole number from 1 to ${most}`);
  return number;
}

function textIn(input: Call["input"], name: string): string {
  const value = input[name];
  if (typeof value === "string" && value !== "") return value;
  throw new CallError(400, `${name} is ${JSON.stringify(value) ?? "missing"}; a text`);
}

interface FoundRoute {
  readonly parameters: Readonly<Record<string, string>>;
  handle(call: Call): unknown;
}

const ROUTES = Object.entries(HANDLERS).map(([key, handle]) => {
  const [method = "", path = ""] = key.split(" ");
  return { method, parts: path.split("/"), handle };
});

export function findRoute(method: string, path: string): FoundRoute | undefined {
  const own = path.split("/");
  for (const { method: wanted, parts, handle } of ROUTES) {
    if (wanted !== method || parts.length !== own.length) continue;
    if (!parts.every((part, index) => part.startsWith("{") || part === own[index])) continue;
    const named = parts.flatMap((part, index) =>
      part.startsWith("{") ? [[part.slice(1, -1), decoded(own[index] ?? "")]] : [],
    );
    return { parameters: Object.fromEntries(named), handle };
  }
  return undefined;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new CallError(400, `${JSON.stringify(segment)} is not percent-encoded correctly`);
  }
}

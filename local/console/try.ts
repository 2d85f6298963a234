import { type ApiRoute, tryRoute } from "./api";
import type { Pairs, TryAnswer, TryForm, TryRequest } from "./contract";
import { toCurl } from "./curl";
import { bodyText } from "./masking";
import { peopleOf, tokenOf } from "./people";
import { CallError } from "./routes/call";
import { sendRequest } from "./send";
import type { View } from "./view";

export async function tryForm(view: View): Promise<TryForm> {
  const routes = view.routes();
  const keys = await apiKeys(view);
  return {
    stages: [...view.host.runtime.inside.ports.edge.stageNames],
    routes: routes.map(tryRoute),
    people: await peopleOf(view),
    apiKeys: [
      { id: "none", name: "no key" },
      { id: "wrong", name: "a key that nobody was given" },
      ...keys.map(({ id, name }) => ({ id, name })),
    ],
  };
}

interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

/** With their values. */
export async function apiKeys({ host }: View): Promise<readonly ApiKey[]> {
  const { items, item } = await host.runtime.inside.call("apigateway", "GetApiKeys", {
    includeValues: "true",
  });
  const keys = items ?? item;
  return Array.isArray(keys) ? keys : [];
}

/** What is said in a command in place of a secret. */
const PLACEHOLDERS = { token: "$TOKEN", key: "$API_KEY" };

/** Sends a request through the front door, as any client would. The answer is what such a client gets. */
export async function sendTry(view: View, request: TryRequest): Promise<TryAnswer> {
  const { runtime } = view.host;
  const target = targetOf(request);
  const { headers, shown } = await headersOf(view, request);
  const { method, body } = request;
  const answer = await sendRequest(runtime.port, { method, target, headers, body }).catch(
    (error: unknown) => {
      throw new CallError(
        400,
        `the request cannot be sent: ${error instanceof Error ? error.message : String(error)}`,
      );
    },
  );
  return {
    id: answer.id,
    status: answer.status,
    headers: answer.headers,
    body: bodyText(answer.body),
    durationMs: answer.durationMs,
    curl: toCurl({ method, url: `${runtime.awsEndpointUrl}${target}`, headers: shown, body }),
  };
}

function targetOf({ stage, path, query }: TryRequest): string {
  if (!path.startsWith("/"))
    throw new CallError(400, `path is ${JSON.stringify(path)}; it starts with a slash`);
  return `/${stage}${path}${query === undefined || query === "" ? "" : `?${query}`}`;
}

/** As they are sent, and as a command shows them. */
async function headersOf(view: View, request: TryRequest): Promise<{ headers: Pairs; shown: Pairs }> {
  const { person = "nobody", apiKey = "none", headers = [], body } = request;
  const route = routeOf(view, request);
  const token = await tokenOf(view, person);
  const key = await keyOf(view, apiKey);
  const tokenHeader = route?.method.authorization?.authorizer.header ?? "Authorization";
  const isGiven = headers.some(([name]) => name.toLowerCase() === "content-type");
  const withSecrets = (tokenText: string | undefined, keyText: string | undefined): Pairs => [
    ...headers,
    ...(body === undefined || isGiven
      ? []
      : [
          [
            "Content-Type",
            route === undefined ? "application/json" : (tryRoute(route).contentType ?? "application/json"),
          ] as const,
        ]),
    ...(tokenText === undefined ? [] : [[tokenHeader, tokenText] as const]),
    ...(keyText === undefined ? [] : [["x-api-key", keyText] as const]),
  ];
  return {
    headers: withSecrets(token, key),
    shown: withSecrets(token && PLACEHOLDERS.token, key && PLACEHOLDERS.key),
  };
}

async function keyOf(view: View, id: string): Promise<string | undefined> {
  if (id === "none") return undefined;
  if (id === "wrong") return "a-key-that-nobody-was-given";
  const key = (await apiKeys(view)).find((candidate) => candidate.id === id);
  if (key === undefined) throw new CallError(404, `apiKey is ${JSON.stringify(id)}; GET /api/try lists them`);
  return key.value;
}

/** The route that a path belongs to, as near as the form needs it. */
export function routeOf(
  view: View,
  { method, path }: Pick<TryRequest, "method" | "path">,
): ApiRoute | undefined {
  const fits = (pattern: string) => {
    const parts = pattern.split("/");
    const own = path.split("/");
    const isGreedy = parts.at(-1)?.endsWith("+}") === true;
    return (
      (isGreedy ? own.length >= parts.length : own.length === parts.length) &&
      parts.every((part, index) => part.startsWith("{") || part === own[index])
    );
  };
  return view
    .routes()
    .find(
      (route) =>
        (route.method.httpMethod === method || route.method.httpMethod === "ANY") && fits(route.path),
    );
}

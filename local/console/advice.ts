import type { Deployment } from "../deployment/deployment";
import type { RequestTrace, TraceStep } from "../kernel/trace";
import { LAYERS, type LayerName } from "../services/apigateway/edge/layers";
import { type ApiRoute, fittingBody } from "./api";
import type { Advice, Person, TryRequest } from "./contract";
import { peopleOf } from "./people";
import { remedyOfRule, webAclAddressOf } from "./rule-advice";
import { routeOf } from "./try";
import type { View } from "./view";

/** What the refused request was for, as far as anybody can tell. */
interface Case {
  readonly trace: RequestTrace;
  readonly step: TraceStep;
  readonly route: ApiRoute | undefined;
  readonly routes: readonly ApiRoute[];
  readonly people: readonly Person[];
  /** The same request, with what it lacks. */
  readonly again: TryRequest;
  readonly deployment: Deployment;
}

type Hint = Omit<Advice, "layer">;

/** How the same request would get through the layer that refused it; `undefined` where it was not refused. */
export async function adviceFor(view: View, trace: RequestTrace): Promise<Advice | undefined> {
  const step = trace.steps.at(-1);
  if (step?.verdict !== "refused") return undefined;
  const [, stage = "", ...rest] = trace.path.split("/");
  const path = `/${rest.join("/")}`;
  const routes = view.routes();
  const route = routeOf(view, { method: trace.method, path });
  const people = await peopleOf(view);
  const again = againOf(trace, stage, path, route, people);
  const hint = HINTS.get(step.layer) ?? remedyOf;
  const { deployment } = view.host.runtime.inside;
  return { layer: step.layer, ...hint({ trace, step, route, routes, people, again, deployment }) };
}

function againOf(
  { method, query }: RequestTrace,
  stage: string,
  path: string,
  route: ApiRoute | undefined,
  people: readonly Person[],
): TryRequest {
  const body = route && fittingBody(route);
  const person = route && welcome(route, people);
  return {
    ...{ stage, method, path },
    ...(query === undefined || query.includes("***") ? {} : { query }),
    ...(person === undefined ? {} : { person: person.id }),
    ...(body === undefined ? {} : { body }),
  };
}

/** The first whom the route's authorizer lets in. */
function welcome({ method }: ApiRoute, people: readonly Person[]): Person | undefined {
  const { authorization } = method;
  if (authorization === undefined) return undefined;
  const kind = authorization.scopes.length > 0 ? "access token" : "user";
  return people.find(
    (person) =>
      person.kind === kind &&
      authorization.authorizer.userPoolArns.some((arn) => arn.endsWith(`/${person.poolId}`)),
  );
}

/** What the layer itself says. */
function remedyOf({ step, again, route }: Case): Hint {
  const layer = LAYERS.find(({ name }) => name === step.layer);
  return { text: layer?.remedy ?? step.detail, request: again, ...addressOf(route) };
}

/** Where the trace and the deployment say more than the layer's own remedy. */
const REFINED: { readonly [layer in LayerName | "server"]?: (about: Case) => Hint } = {
  server: ({ step }) => ({
    text: `The server did not take it for a request of this machine (${step.detail}). Send it to the invoke URL as it was printed, with one Host header.`,
  }),
  stage: ({ routes, again }) => {
    const stages = [...new Set(routes.flatMap(({ api }) => api.stages.map(({ name }) => name)))];
    const [first] = stages;
    return {
      text: `The path starts with a stage: ${stages.map((name) => `/${name}`).join(", ")}.`,
      ...(first === undefined ? {} : { request: { ...again, stage: first } }),
    };
  },
  "web ACL": ({ step, again, deployment }) => {
    const { rules = [] } = step.facts;
    const rule = rules.find(({ action }) => action === "BLOCK")?.rule ?? step.detail;
    return {
      text:
        rule === "Default_Action"
          ? "No rule allows it, and the web ACL blocks what no rule allows. A rule with the action allow has to match."
          : `The rule ${rule} matches it. ${remedyOfRule(deployment, rule)}`,
      request: again,
      ...webAclAddressOf(deployment),
    };
  },
  routing: ({ trace, routes, again }) => {
    const samePath = routes.filter(({ path }) => path === again.path).map(({ method }) => method.httpMethod);
    const [nearest] = routes;
    const listed = routes.slice(0, 8).map(({ method, path }) => `${method.httpMethod} ${path}`);
    return {
      text:
        samePath.length > 0
          ? `The path is there, but not for ${trace.method}: it takes ${samePath.join(", ")}.`
          : `The API has no such path. It has ${listed.join(", ")}${routes.length > listed.length ? " and others" : ""}.`,
      ...(nearest === undefined
        ? {}
        : {
            request: {
              stage: again.stage,
              method: samePath[0] ?? nearest.method.httpMethod,
              path: samePath.length > 0 ? again.path : nearest.path,
            },
          }),
    };
  },
  authorizer: ({ step, route, people, again }) => {
    const failed = step.facts.claims?.find(({ ok }) => !ok);
    const person = route && welcome(route, people);
    const use = (route?.method.authorization?.scopes.length ?? 0) > 0 ? "access token" : "ID token";
    const authorizer = route?.method.authorization?.authorizer;
    if (authorizer !== undefined && authorizer.type !== "COGNITO_USER_POOLS") {
      return {
        text: `The check of ${failed?.name ?? "the request"} failed: ${failed?.detail ?? step.detail}. ${LAMBDA_AUTHORIZER[failed?.name ?? ""] ?? "The log lines of the authorizer's function say why."}`,
        request: again,
        ...addressOf(route),
      };
    }
    const header = authorizer?.header ?? "Authorization";
    const from = person === undefined ? "the authorizer's user pool" : `${person.name} (${person.detail})`;
    return {
      text: `${failed?.name === "token" ? "It brought no token." : `The check of ${failed?.name ?? "the token"} failed: ${failed?.detail ?? step.detail}.`} Sign in and send an ${use} in the header ${header}, for instance of ${from}.`,
      request: again,
      ...addressOf(route),
    };
  },
  throttle: ({ step, again }) => {
    const empty = step.facts.buckets?.find(({ before }) => before < 1);
    const which =
      empty === undefined
        ? "A bucket"
        : `The bucket ${empty.name} (${empty.rate} a second, ${empty.burst} at once)`;
    return { text: `${which} is empty. Send it again a moment later.`, request: again };
  },
  quota: ({ step, again }) => {
    const { quota } = step.facts;
    return {
      text: `The key has used up its ${quota?.limit ?? ""} requests of the ${quota?.period.toLowerCase() ?? "period"}. Use another key, or wait for the next period.`,
      request: again,
    };
  },
  parameters: ({ step, again, route }) => {
    const missing = step.facts.missing ?? [];
    const query = missing
      .filter((name) => name.includes(".querystring."))
      .map((name) => `${name.slice(name.lastIndexOf(".") + 1)}=x`);
    const headers = missing
      .filter((name) => name.includes(".header."))
      .map((name) => [name.slice(name.lastIndexOf(".") + 1), "x"] as const);
    return {
      text: `Send what is required: ${missing.join(", ")}.`,
      request: {
        ...again,
        ...(query.length === 0 ? {} : { query: [again.query, ...query].filter(Boolean).join("&") }),
        ...(headers.length === 0 ? {} : { headers }),
      },
      ...addressOf(route),
    };
  },
  body: ({ step, again, route }) => ({
    text: `The body breaks the model ${step.facts.model ?? ""} (${step.facts.violations?.join("; ") ?? step.detail}). Send one that fits, for instance ${again.body ?? "{}"}.`,
    request: again,
    ...addressOf(route),
  }),
  integration: ({ step, route }) => ({
    text: /AccessDenied/.test(step.detail)
      ? "The function's policy does not let API Gateway invoke it for this method: an aws_lambda_permission with the method's source ARN is missing."
      : `The integration failed (${step.detail}). A client cannot mend that: look at the function, its concurrency and the integration's timeout.`,
    ...addressOf(route),
  }),
  function: ({ step, route }) => ({
    text: `The function was invoked, but gave no answer that API Gateway could pass on (${step.detail}). Its log lines say why.`,
    ...addressOf(route),
  }),
};

const HINTS = new Map(Object.entries(REFINED));

/** What a request needs that a Lambda authorizer refused, by the check that failed. */
const LAMBDA_AUTHORIZER: Readonly<Record<string, string>> = {
  identity: "Send every identity source of the authorizer.",
  expression: "Send a token that matches it as a whole.",
  "method ARN": "Send a shorter path.",
  policy:
    "The policy that the function returned does not allow the method: send credentials whose policy does.",
};

function addressOf(route: ApiRoute | undefined): { address?: string } {
  return route === undefined ? {} : { address: route.method.attributes.address };
}

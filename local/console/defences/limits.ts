import type { Deployment } from "../../deployment/deployment";
import { isObject } from "../../kernel/json";
import type { ApiRoute } from "../api";
import type { ReceivedAnswer } from "../send";
import type { Attacker } from "./attacker";
import { type Attack, addressesOf, type Defence, type Finding, OWASP, oneRequest } from "./defence";

/** A stage that would have to be flooded with more requests is left alone. */
const MOST_REQUESTS = 400;
const METHOD_SETTINGS = "aws_api_gateway_method_settings";
const METHOD = "aws_api_gateway_method";
const USAGE_PLAN = "aws_api_gateway_usage_plan";

const methodLimit =
  (limit: string) =>
  ({ settings }: Readonly<Record<string, unknown>>) => {
    const [block] = [settings ?? []].flat();
    return isObject(block) ? Number(block[limit] ?? -1) : -1;
  };
const methodBurstOf = methodLimit("throttling_burst_limit");
const methodRateOf = methodLimit("throttling_rate_limit");

/** More requests than a method takes at once and, because the throttle's bucket fills up meanwhile, in a second. */
const floodFor = (values: Readonly<Record<string, unknown>>) =>
  methodBurstOf(values) + Math.max(30, methodRateOf(values));

const canBeFlooded = (values: Readonly<Record<string, unknown>>) =>
  methodBurstOf(values) >= 0 && floodFor(values) <= MOST_REQUESTS;

const THROTTLE: Defence = {
  id: "throttle",
  layer: "Stage throttle",
  setting: `${METHOD_SETTINGS}.throttling_rate_limit, throttling_burst_limit`,
  addresses: (deployment) => addressesOf(deployment, METHOD_SETTINGS, canBeFlooded),
  takeOut(copy) {
    for (const settings of copy.ofType(METHOD_SETTINGS))
      settings.changeBlocks("settings", (block) => ({
        ...{ ...block, throttling_rate_limit: -1, throttling_burst_limit: -1 },
      }));
  },
};

const API_KEY: Defence = {
  id: "api-key",
  layer: "API key",
  setting: `${METHOD}.api_key_required`,
  turnedOnBy: "a route's apiKeyRequired and API_CLIENTS",
  addresses: (deployment) =>
    addressesOf(deployment, METHOD, ({ api_key_required: isRequired }) => isRequired === true),
  takeOut(copy) {
    for (const method of copy.ofType(METHOD)) method.set("api_key_required", false);
  },
};

const burstOf = ({ throttle_settings: settings }: Readonly<Record<string, unknown>>) => {
  const [block] = [settings ?? []].flat();
  return isObject(block) ? Number(block.burst_limit ?? 0) : 0;
};

const PLAN_THROTTLE: Defence = {
  id: "plan-throttle",
  layer: "Usage plan",
  setting: `${USAGE_PLAN}.throttle_settings`,
  turnedOnBy: "a route's apiKeyRequired and API_CLIENTS",
  addresses: (deployment) =>
    API_KEY.addresses(deployment).length === 0
      ? []
      : addressesOf(deployment, USAGE_PLAN, (values) => burstOf(values) > 0),
  takeOut(copy) {
    for (const plan of copy.ofType(USAGE_PLAN)) plan.unset("throttle_settings");
  },
};

/** A limit of a route's own, small enough that the stage's is not reached before. */
const hasOwnLimit = (values: Readonly<Record<string, unknown>>) =>
  values.method_path !== "*/*" && methodBurstOf(values) >= 0 && methodBurstOf(values) < 30;

const ROUTE_THROTTLE: Defence = {
  id: "route-throttle",
  layer: "Route throttle",
  setting: `${METHOD_SETTINGS}.method_path`,
  turnedOnBy: "a route's throttle",
  addresses: (deployment) => addressesOf(deployment, METHOD_SETTINGS, hasOwnLimit),
  takeOut: (copy) =>
    copy.remove((resource) => resource.type === METHOD_SETTINGS && resource.value("method_path") !== "*/*"),
};

/** The settings of a route's own. They name it `~1lambda1/POST`, or with slashes as they are. */
const ownSettingsOf = ({ path, method }: ApiRoute, deployment: Deployment) =>
  deployment
    .ofType(METHOD_SETTINGS)
    .map(({ values }) => values)
    .filter(hasOwnLimit)
    .find(
      ({ method_path: name }) =>
        String(name).replaceAll("~1", "/").replace(/^\/?/, "/") === `${path}/${method.httpMethod}`,
    );

const quotaOf = ({ quota_settings: settings }: Readonly<Record<string, unknown>>) => {
  const [block] = [settings ?? []].flat();
  return isObject(block) ? Number(block.limit ?? 0) : 0;
};

/** A quota that a client can use up at once: its throttle lets more through. */
const QUOTA: Defence = {
  id: "quota",
  layer: "Usage plan",
  setting: `${USAGE_PLAN}.quota_settings`,
  turnedOnBy: "a route's apiKeyRequired, API_CLIENTS and an API_CLIENT_DAILY_QUOTA below API_CLIENT_BURST",
  addresses: (deployment) =>
    API_KEY.addresses(deployment).length === 0
      ? []
      : addressesOf(
          deployment,
          USAGE_PLAN,
          (values) => quotaOf(values) > 0 && quotaOf(values) < burstOf(values),
        ),
  takeOut(copy) {
    for (const plan of copy.ofType(USAGE_PLAN)) plan.unset("quota_settings");
  },
};

/** As many requests at once with the key of the plan that has the lowest limit of that kind. */
async function withKey(
  attacker: Attacker,
  limitOf: (values: Readonly<Record<string, unknown>>) => number,
  more: number,
  layer: "throttle" | "quota",
): Promise<Finding> {
  const { original } = attacker.scene.host;
  const times = Math.min(...original.ofType(USAGE_PLAN).map(({ values }) => limitOf(values))) + more;
  const answers = await attacker.send({
    title: `${times} at once with one key`,
    token: await attacker.token(),
    body: "[]",
    times,
  });
  return counted(attacker, answers, layer);
}

/** Enough requests for each of the stages' settings that can be flooded: the attack is offered where there are some. */
function floodOf(attacker: Attacker): number {
  const settings = attacker.scene.host.original.ofType(METHOD_SETTINGS).map(({ values }) => values);
  return Math.max(...settings.filter(canBeFlooded).map(floodFor));
}

const takesKey = ({ method }: ApiRoute) => method.apiKeyRequired;
/** The plan of a key has a throttle of its own. */
const takesNoKey = (route: ApiRoute) => !takesKey(route);

/** What of a flood the layer refused. */
function counted(
  attacker: Attacker,
  answers: readonly ReceivedAnswer[],
  layer: "throttle" | "quota",
): Finding {
  const sent = answers.length;
  const refused = answers.filter(
    (answer) => answer.status === 429 && attacker.layerOf(answer) === layer,
  ).length;
  return {
    succeeded: refused === 0,
    summary:
      refused === 0
        ? `All ${sent} get past the ${layer}.`
        : `${refused} of ${sent} are refused by the ${layer}.`,
  };
}

/** The attacks on the API's limits. */
export const limitAttacks: readonly Attack[] = [
  {
    id: "flood",
    owasp: OWASP.API4,
    threat: "A signed-in user floods an API",
    defence: THROTTLE,
    aimsAt: takesNoKey,
    async run(attacker) {
      const times = floodOf(attacker);
      // A body that no model takes: the throttle counts it, and no function runs for it.
      const shot = { title: `${times} requests at once`, token: await attacker.token(), body: "[]", times };
      const answers = await attacker.send(shot);
      return counted(attacker, answers, "throttle");
    },
  },
  {
    id: "replay",
    owasp: OWASP.API6,
    threat: "A request is sent again and again",
    defence: THROTTLE,
    aimsAt: takesNoKey,
    async run(attacker) {
      const shot = {
        title: "the same request, again and again",
        token: await attacker.token(),
        times: floodOf(attacker),
      };
      const answers = await attacker.send(shot);
      return counted(attacker, answers, "throttle");
    },
  },
  {
    id: "no-api-key",
    owasp: OWASP.API4,
    threat: "A caller without an API key uses a route that is for known clients",
    defence: API_KEY,
    aimsAt: takesKey,
    run: oneRequest("API key", async (attacker) => ({
      title: "a request with a token and without a key",
      token: await attacker.token(),
      lacksKey: true,
    })),
  },
  {
    id: "one-client",
    owasp: OWASP.API4,
    threat: "One client uses up what all share",
    defence: PLAN_THROTTLE,
    aimsAt: takesKey,
    run: (attacker) => withKey(attacker, burstOf, 15, "throttle"),
  },
  {
    id: "all-day",
    owasp: OWASP.API4,
    threat: "A client calls all day long",
    defence: QUOTA,
    aimsAt: takesKey,
    run: (attacker) => withKey(attacker, quotaOf, 1, "quota"),
  },
  {
    id: "dear-route",
    owasp: OWASP.API4,
    threat: "A route that is dear to run gets as many requests as the others",
    defence: ROUTE_THROTTLE,
    aimsAt: (route, deployment) => ownSettingsOf(route, deployment) !== undefined,
    async run(attacker) {
      const settings = ownSettingsOf(attacker.target.route, attacker.scene.host.original);
      const times = methodBurstOf(settings ?? {}) + 15;
      const token = await attacker.token();
      const answers = await attacker.send({ title: `${times} at once`, token, body: "[]", times });
      return counted(attacker, answers, "throttle");
    },
  },
];

import { isObject } from "../../kernel/json";
import { VALIDATOR } from "./body-defences";
import { type Attack, addressesOf, type Defence, type Finding, OWASP, oneRequest } from "./defence";

const FLOOD = 150;
const METHOD_SETTINGS = "aws_api_gateway_method_settings";
const METHOD = "aws_api_gateway_method";
const RESPONSE = "aws_api_gateway_gateway_response";
const USAGE_PLAN = "aws_api_gateway_usage_plan";
const RESPONSES = "Gateway responses";

const THROTTLE: Defence = {
  id: "throttle",
  layer: "Stage throttle",
  setting: `${METHOD_SETTINGS}.throttling_rate_limit, throttling_burst_limit`,
  addresses: (deployment) =>
    addressesOf(deployment, METHOD_SETTINGS, ({ settings }) => {
      const [block] = [settings ?? []].flat();
      const burst = isObject(block) ? Number(block.throttling_burst_limit ?? -1) : -1;
      return burst >= 0 && burst < FLOOD;
    }),
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

const CONTENT_TYPES: Defence = {
  id: "content-types",
  layer: "Request validation",
  setting: `${METHOD}.request_models: $default`,
  addresses: (deployment) =>
    addressesOf(deployment, METHOD, ({ request_models: models }) => isObject(models) && "$default" in models),
  takeOut(copy) {
    for (const method of copy.ofType(METHOD)) {
      const models = method.value("request_models");
      if (!isObject(models)) continue;
      const named = Object.entries(models).filter(([type]) => type !== "$default");
      method.set("request_models", Object.fromEntries(named));
    }
  },
};

const CORS: Defence = {
  id: "cors",
  layer: "CORS, off unless one origin is set",
  setting: `${RESPONSE}.response_parameters: Access-Control-Allow-Origin`,
  addresses: (deployment) =>
    addressesOf(deployment, RESPONSE, (values) => values.response_type === "DEFAULT_4XX"),
  takeOut(copy) {
    for (const response of copy.ofType(RESPONSE)) {
      const parameters = response.value("response_parameters");
      response.set("response_parameters", {
        ...(isObject(parameters) ? (parameters as Record<string, string>) : {}),
        "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
      });
    }
  },
};

const RESPONSE_HEADERS: Defence = {
  id: "response-headers",
  layer: RESPONSES,
  setting: `${RESPONSE}.response_parameters`,
  addresses: (deployment) =>
    addressesOf(deployment, RESPONSE, (values) =>
      JSON.stringify(values.response_parameters ?? "").includes("X-Frame-Options"),
    ),
  takeOut(copy) {
    for (const response of copy.ofType(RESPONSE)) response.unset("response_parameters");
  },
};

const RESPONSE_TEMPLATES: Defence = {
  id: "response-templates",
  layer: RESPONSES,
  setting: `${RESPONSE}.response_templates`,
  addresses: (deployment) =>
    VALIDATOR.addresses(deployment).length === 0
      ? []
      : addressesOf(
          deployment,
          RESPONSE,
          (values) => !JSON.stringify(values.response_templates ?? "").includes("validationErrorString"),
        ),
  takeOut(copy) {
    for (const response of copy.ofType(RESPONSE))
      response.set("response_templates", {
        "application/json": '{"message":"$context.error.validationErrorString"}',
      });
  },
};

function throttled(sent: number, refused: number): Finding {
  return {
    succeeded: refused === 0,
    summary:
      refused === 0 ? `All ${sent} are let through.` : `${refused} of ${sent} are refused by the throttle.`,
  };
}

/** The attacks on the API: its limits, its forms, and what a browser makes of its answers. */
export const edgeAttacks: readonly Attack[] = [
  {
    id: "flood",
    owasp: OWASP.API4,
    threat: "A signed-in user floods an API",
    defence: THROTTLE,
    async run(attacker) {
      // A body that no model takes: the throttle counts it, and no function runs for it.
      const shot = {
        title: `${FLOOD} requests at once`,
        token: await attacker.token(),
        body: "[]",
        times: FLOOD,
      };
      const answers = await attacker.send(shot);
      return throttled(FLOOD, answers.filter(({ status }) => status === 429).length);
    },
  },
  {
    id: "replay",
    owasp: OWASP.API6,
    threat: "A request is sent again and again",
    defence: THROTTLE,
    async run(attacker) {
      const shot = { title: "the same request, again and again", token: await attacker.token(), times: 80 };
      const answers = await attacker.send(shot);
      return throttled(80, answers.filter(({ status }) => status === 429).length);
    },
  },
  {
    id: "no-api-key",
    owasp: OWASP.API4,
    threat: "A caller without an API key uses a route that is for known clients",
    defence: API_KEY,
    run: oneRequest("API key", async (attacker) => ({
      title: "a request with a token and without a key",
      token: await attacker.token(),
    })),
  },
  {
    id: "one-client",
    owasp: OWASP.API4,
    threat: "One client uses up what all share",
    defence: PLAN_THROTTLE,
    async run(attacker) {
      const { original } = attacker.scene.host;
      const times = Math.min(...original.ofType(USAGE_PLAN).map(({ values }) => burstOf(values))) + 15;
      const [key] = original.ofType("aws_api_gateway_api_key").map((one) => one.string("value"));
      const headers = [["x-api-key", key ?? ""]] as const;
      const token = await attacker.token();
      const answers = await attacker.send({
        title: `${times} at once with one key`,
        token,
        headers,
        body: "[]",
        times,
      });
      return throttled(times, answers.filter(({ status }) => status === 429).length);
    },
  },
  {
    id: "content-type",
    owasp: OWASP.API8,
    threat: "A content type without a model escapes validation",
    defence: CONTENT_TYPES,
    run: oneRequest("body", async (attacker) => ({
      title: "a body that fits no model, as text/plain",
      token: await attacker.token(),
      headers: [["Content-Type", "text/plain"]],
      body: '{"anything": 1}',
    })),
  },
  {
    id: "refusal-tells",
    owasp: OWASP.API3,
    threat: "A refusal tells the model",
    defence: RESPONSE_TEMPLATES,
    async run(attacker) {
      const [answer] = await attacker.send({
        title: "a list in place of the object",
        token: await attacker.token(),
        body: "[]",
      });
      const succeeded = /object|array|instance/i.test(answer?.body.toString() ?? "");
      return {
        succeeded,
        summary: succeeded
          ? "The answer says what the model asks for."
          : "The answer says nothing of the model.",
      };
    },
  },
  {
    id: "other-origin",
    owasp: OWASP.API8,
    threat: "A page of another origin reads answers",
    defence: CORS,
    async run(attacker) {
      const headers = [["Origin", "https://attacker.example"]] as const;
      const [answer] = await attacker.send({ title: "a request of a page at attacker.example", headers });
      const allowed = answer?.headers.find(
        ([name]) => name.toLowerCase() === "access-control-allow-origin",
      )?.[1];
      const succeeded = allowed === "*" || allowed === "https://attacker.example";
      return {
        succeeded,
        summary: succeeded
          ? "A browser lets the page read the answer."
          : "A browser keeps the answer from the page.",
      };
    },
  },
  {
    id: "browser-headers",
    owasp: OWASP.API8,
    threat: "A browser stores, sniffs or frames an answer",
    defence: RESPONSE_HEADERS,
    async run(attacker) {
      const [answer] = await attacker.send({ title: "a request without a token" });
      const names = new Set(answer?.headers.map(([name]) => name.toLowerCase()));
      const missing = ["cache-control", "x-content-type-options", "x-frame-options"].filter(
        (name) => !names.has(name),
      );
      return {
        succeeded: missing.length > 0,
        summary:
          missing.length > 0
            ? `The answer does without ${missing.join(", ")}.`
            : "The answer forbids all three.",
      };
    },
  },
];

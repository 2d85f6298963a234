import type { Deployment } from "../../deployment/deployment";
import { isObject, parseJson } from "../../kernel/json";
import { CallError } from "../routes/call";
import { addressesOf, type DefenceRow, OWASP } from "./defence";

/** Larger than what the web ACL's rule and AWS's own rule for bodies let through. */
const LARGE_BYTES = 9_000;
const FLOOD = 150;
/** Linux and Windows have all of 127.0.0.0/8; the rate rule counts this one, and does not lock the visitor out. */
const OTHER_ADDRESS = "127.0.0.66";

const reachedFunction = (layer: string | undefined) => layer === "function" || layer === "integration";

/** The attacks on what a request is: its size, its number, its form, and what a browser makes of the answer. */
export const edgeRows: readonly DefenceRow[] = [
  {
    id: "large-body",
    owasp: OWASP.API4,
    threat: "A body is larger than any request of ours",
    layer: "web ACL",
    setting: "aws_wafv2_web_acl.rule: size_constraint_statement of the body",
    addresses: (deployment) =>
      addressesOf(deployment, "aws_wafv2_web_acl", ({ rule }) =>
        JSON.stringify(rule ?? "").includes("size_constraint"),
      ),
    async attack(attacker) {
      // Spaces at the end are JSON: the model has nothing against them.
      const body = attacker.target.body.padEnd(LARGE_BYTES);
      const [answer] = await attacker.send({
        title: `a body of ${LARGE_BYTES} bytes`,
        token: await attacker.token(),
        body,
      });
      const layer = answer && attacker.layerOf(answer);
      return {
        succeeded: layer !== "web ACL",
        summary:
          layer === "web ACL"
            ? "The web ACL blocks the body."
            : `The body gets past the web ACL (${answer?.status}, ${layer}).`,
      };
    },
    takeOut(copy) {
      for (const webAcl of copy.ofType("aws_wafv2_web_acl"))
        webAcl.changeBlocks("rule", (rule) =>
          hasValue(rule, "size_constraint_statement") ? undefined : rule,
        );
    },
  },
  {
    id: "flood-without-token",
    owasp: OWASP.API4,
    threat: "Somebody without a token floods an API, which the throttle behind the authorizer never sees",
    layer: "web ACL",
    setting: "aws_wafv2_web_acl.rule: rate_based_statement",
    addresses: (deployment) =>
      rateLimits(deployment).length === 0
        ? []
        : addressesOf(deployment, "aws_wafv2_web_acl", ({ rule }) => hasValue(rule, "rate_based_statement")),
    async attack(attacker) {
      const times = Math.min(...rateLimits(attacker.view.host.original)) + 20;
      const answers = await attacker
        .send({ title: `${times} requests of one address`, sourceIp: OTHER_ADDRESS, times })
        .catch((error: unknown) => {
          if (!(error instanceof Error && "code" in error && error.code === "EADDRNOTAVAIL")) throw error;
          throw new CallError(
            409,
            `the attack comes from ${OTHER_ADDRESS}, which this machine does not have: sudo ifconfig lo0 alias ${OTHER_ADDRESS}`,
          );
        });
      const blocked = answers.filter(
        (answer) => answer.status === 403 && attacker.layerOf(answer) === "web ACL",
      ).length;
      return {
        succeeded: blocked === 0,
        summary:
          blocked === 0
            ? `All ${times} get past the web ACL.`
            : `The web ACL blocks the address after ${times - blocked} requests.`,
      };
    },
    takeOut(copy) {
      for (const webAcl of copy.ofType("aws_wafv2_web_acl"))
        webAcl.changeBlocks("rule", (rule) => (hasValue(rule, "rate_based_statement") ? undefined : rule));
    },
  },
  {
    id: "flood",
    owasp: OWASP.API4,
    threat: "A signed-in user floods an API",
    layer: "throttle",
    setting: "aws_api_gateway_method_settings.settings: throttling_rate_limit, throttling_burst_limit",
    addresses: (deployment) =>
      addressesOf(deployment, "aws_api_gateway_method_settings", ({ settings }) => {
        const [block] = [settings ?? []].flat();
        return (
          isObject(block) &&
          Number(block.throttling_burst_limit ?? -1) >= 0 &&
          Number(block.throttling_burst_limit) < FLOOD
        );
      }),
    async attack(attacker) {
      // A body that no model takes: the throttle counts it, and no function runs for it.
      const answers = await attacker.send({
        title: `${FLOOD} requests at once`,
        token: await attacker.token(),
        body: "[]",
        times: FLOOD,
      });
      const throttled = answers.filter(({ status }) => status === 429).length;
      return {
        succeeded: throttled === 0,
        summary:
          throttled === 0
            ? `All ${FLOOD} are let through.`
            : `${throttled} of ${FLOOD} are refused by the throttle.`,
      };
    },
    takeOut(copy) {
      for (const settings of copy.ofType("aws_api_gateway_method_settings"))
        settings.changeBlocks("settings", (block) => ({
          ...block,
          throttling_rate_limit: -1,
          throttling_burst_limit: -1,
        }));
    },
  },
  {
    id: "broken-body",
    owasp: OWASP.API3,
    threat: "A value of another type",
    layer: "body",
    setting: "aws_api_gateway_method.request_validator_id",
    addresses: (deployment) =>
      addressesOf(deployment, "aws_api_gateway_method", (values) => Boolean(values.request_validator_id)),
    async attack(attacker) {
      const [answer] = await attacker.send({
        title: "a list in place of the object",
        token: await attacker.token(),
        body: "[]",
      });
      const layer = answer && attacker.layerOf(answer);
      const succeeded = reachedFunction(layer);
      return {
        succeeded,
        summary: succeeded
          ? `It reaches the function (${answer?.status}).`
          : "Request validation refuses it.",
      };
    },
    takeOut(copy) {
      for (const method of copy.ofType("aws_api_gateway_method")) method.unset("request_validator_id");
    },
  },
  {
    id: "extra-member",
    owasp: OWASP.API3,
    threat: "Mass assignment",
    layer: "body",
    setting: "aws_api_gateway_model.schema: additionalProperties",
    addresses: (deployment) =>
      addressesOf(deployment, "aws_api_gateway_model", ({ schema }) =>
        String(schema).includes('"additionalProperties":false'),
      ),
    async attack(attacker) {
      const example = parseJson(attacker.target.body);
      const body = JSON.stringify({ ...(isObject(example) ? example : {}), isAdmin: true });
      const [answer] = await attacker.send({
        title: "a body with the member isAdmin",
        token: await attacker.token(),
        body,
      });
      const layer = answer && attacker.layerOf(answer);
      const succeeded = reachedFunction(layer);
      return {
        succeeded,
        summary: succeeded
          ? `The member reaches the function (${answer?.status}).`
          : "The model refuses the member.",
      };
    },
    takeOut(copy) {
      for (const model of copy.ofType("aws_api_gateway_model")) {
        const schema = String(model.value("schema") ?? "{}");
        model.set("schema", schema.replaceAll('"additionalProperties":false', '"additionalProperties":true'));
      }
    },
  },
  {
    id: "long-value",
    owasp: OWASP.API3,
    threat: "A name that is too long",
    layer: "body",
    setting: "aws_api_gateway_model.schema: maxLength",
    addresses: (deployment) =>
      addressesOf(deployment, "aws_api_gateway_model", ({ schema }) =>
        String(schema).includes('"maxLength"'),
      ),
    async attack(attacker) {
      const example = parseJson(attacker.target.body);
      const [member = "name"] = Object.keys(isObject(example) ? example : {});
      const [answer] = await attacker.send({
        title: `a body whose ${member} has 1,000 characters`,
        token: await attacker.token(),
        body: JSON.stringify({ ...(isObject(example) ? example : {}), [member]: "x".repeat(1_000) }),
      });
      const layer = answer && attacker.layerOf(answer);
      const succeeded = reachedFunction(layer);
      return {
        succeeded,
        summary: succeeded ? `It reaches the function (${answer?.status}).` : "The model refuses the text.",
      };
    },
    takeOut(copy) {
      for (const model of copy.ofType("aws_api_gateway_model")) {
        const schema = String(model.value("schema") ?? "{}");
        model.set("schema", schema.replace(/,"maxLength":\d+/g, ""));
      }
    },
  },
  {
    id: "content-type",
    owasp: OWASP.API8,
    threat: "A content type without a model escapes validation",
    layer: "body",
    setting: "aws_api_gateway_method.request_models: $default",
    addresses: (deployment) =>
      addressesOf(
        deployment,
        "aws_api_gateway_method",
        ({ request_models: models }) => isObject(models) && "$default" in models,
      ),
    async attack(attacker) {
      const [answer] = await attacker.send({
        title: "a body that fits no model, as text/plain",
        token: await attacker.token(),
        headers: [["Content-Type", "text/plain"]],
        body: '{"anything": 1}',
      });
      const layer = answer && attacker.layerOf(answer);
      const succeeded = reachedFunction(layer);
      return {
        succeeded,
        summary: succeeded
          ? `It reaches the function (${answer?.status}).`
          : "The model holds for every content type.",
      };
    },
    takeOut(copy) {
      for (const method of copy.ofType("aws_api_gateway_method")) {
        const models = method.value("request_models");
        if (!isObject(models)) continue;
        method.set(
          "request_models",
          Object.fromEntries(Object.entries(models).filter(([type]) => type !== "$default")),
        );
      }
    },
  },
  {
    id: "no-api-key",
    owasp: OWASP.API4,
    threat: "A caller without an API key uses a route that is for known clients",
    layer: "API key",
    setting: "aws_api_gateway_method.api_key_required",
    addresses: (deployment) =>
      addressesOf(
        deployment,
        "aws_api_gateway_method",
        ({ api_key_required: isRequired }) => isRequired === true,
      ),
    async attack(attacker) {
      const [answer] = await attacker.send({
        title: "a request with a token and without a key",
        token: await attacker.token(),
      });
      const layer = answer && attacker.layerOf(answer);
      const succeeded = layer !== "API key";
      return {
        succeeded,
        summary: succeeded ? `It is let through (${answer?.status}).` : "It is refused: no key.",
      };
    },
    takeOut(copy) {
      for (const method of copy.ofType("aws_api_gateway_method")) method.set("api_key_required", false);
    },
  },
  {
    id: "other-origin",
    owasp: OWASP.API8,
    threat: "A page of another origin reads answers",
    layer: "gateway responses",
    setting: "aws_api_gateway_gateway_response.response_parameters: Access-Control-Allow-Origin",
    addresses: (deployment) =>
      addressesOf(
        deployment,
        "aws_api_gateway_gateway_response",
        (values) => values.response_type === "DEFAULT_4XX",
      ),
    async attack(attacker) {
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
    takeOut(copy) {
      for (const response of copy.ofType("aws_api_gateway_gateway_response")) {
        const parameters = response.value("response_parameters");
        response.set("response_parameters", {
          ...(isObject(parameters) ? (parameters as Record<string, string>) : {}),
          "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
        });
      }
    },
  },
  {
    id: "browser-headers",
    owasp: OWASP.API8,
    threat: "A browser stores, sniffs or frames an answer",
    layer: "gateway responses",
    setting: "aws_api_gateway_gateway_response.response_parameters",
    addresses: (deployment) =>
      addressesOf(deployment, "aws_api_gateway_gateway_response", (values) =>
        JSON.stringify(values.response_parameters ?? "").includes("X-Frame-Options"),
      ),
    async attack(attacker) {
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
    takeOut(copy) {
      for (const response of copy.ofType("aws_api_gateway_gateway_response"))
        response.unset("response_parameters");
    },
  },
];

/** Whether the block is somewhere in there; a state has empty lists in the place of blocks that are not set. */
function hasValue(value: unknown, key: string): boolean {
  return valuesUnder(value, key).length > 0;
}

/** What is under that key, however deep. */
function valuesUnder(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesUnder(item, key));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key ? [inner ?? []].flat() : valuesUnder(inner, key),
  );
}

/** What the web ACLs' rate rules take from one source, as far as an attack can exceed that in a few seconds. */
function rateLimits(deployment: Deployment): readonly number[] {
  return deployment
    .ofType("aws_wafv2_web_acl")
    .flatMap(({ values }) => valuesUnder(values.rule, "rate_based_statement"))
    .flatMap((statement) => (isObject(statement) ? [Number(statement.limit)] : []))
    .filter((limit) => limit <= 5_000);
}

import { isObject } from "../../kernel/json";
import { VALIDATOR } from "./body-defences";
import { type Attack, addressesOf, type Defence, OWASP, oneRequest } from "./defence";

const METHOD = "aws_api_gateway_method";
const RESPONSE = "aws_api_gateway_gateway_response";
const RESPONSES = "Gateway responses";

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

/** The attacks on what the API takes and answers: content types, and what a browser makes of an answer. */
export const answerAttacks: readonly Attack[] = [
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

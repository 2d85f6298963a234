import type { ExternalEnv } from "../../../lambda-src/external/env";
import { defineHandler } from "../handler-definition";

/**
 * What a request's body must be: `{"name": "Ada"}`. The pattern has no character class shorthand that JSON Schema and
 * Java, in which API Gateway evaluates it, understand differently.
 */
export const nameModel = {
  $schema: "http://json-schema.org/draft-04/schema#",
  title: "Name",
  type: "object",
  additionalProperties: false,
  required: ["name"],
  properties: {
    name: { type: "string", minLength: 1, maxLength: 256, pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]*$" },
  },
} as const;

/** Publishes the name in the body to the topic, whose ARN it reads from the secret. */
export const external = defineHandler<ExternalEnv>({
  setUp: ({ config, messaging }) => ({
    environment: {
      TOPIC_SECRET_ARN: messaging.topicSecretArn,
      TOPIC_MAX_AGE_SECONDS: "300",
      CORS_ORIGINS: config.corsOrigin ?? "",
    },
    permissions: [
      { Sid: "Publish", Action: "sns:Publish", Resource: messaging.topicArn },
      { Sid: "ReadSecret", Action: "secretsmanager:GetSecretValue", Resource: messaging.topicSecretArn },
    ],
  }),
  body: { name: "Name", schema: nameModel },
  answers: {
    200: {
      name: "Greeting",
      schema: {
        $schema: "http://json-schema.org/draft-04/schema#",
        title: "Greeting",
        type: "object",
        required: ["message", "messageId"],
        additionalProperties: false,
        properties: { message: { type: "string" }, messageId: { type: "string" } },
      },
    },
    503: "Error",
  },
  example: ({ functionName, nameOf, word }) => ({
    body: { name: word },
    answer: {
      status: 200,
      body: {
        message: `Hello ${word}. Greetings from ${functionName}! Message forwarded to InternalLambda.`,
      },
    },
    logs: [
      {
        functionName: nameOf("InternalLambda"),
        text: `Hello ${word}. Greetings from ${nameOf("InternalLambda")}!`,
      },
    ],
  }),
});

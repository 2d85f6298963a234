import type { RatesEnv } from "../../../lambda-src/rates/env";
import { HandlerError } from "../../common/errors";
import { defineHandler } from "../handler-definition";

/**
 * Asks a third party for exchange rates. The key to it is in a secret, into which somebody puts it after the deployment (README,
 * "Rates").
 */
export const rates = defineHandler<RatesEnv>({
  setUp: ({ config, createSecret }) => {
    if (config.ratesProviderUrl === undefined) {
      throw new HandlerError(
        "the handler rates needs a provider: set RATES_PROVIDER_URL, or take its routes out of stacks/secure-edge/routes.ts",
      );
    }
    const secretArn = createSecret("RatesProviderKey", "The key to the provider of exchange rates");
    return {
      environment: {
        PROVIDER_URL: config.ratesProviderUrl,
        PROVIDER_KEY_SECRET_ARN: secretArn,
        CORS_ORIGINS: config.corsOrigin ?? "",
      },
      permissions: [{ Sid: "ReadProviderKey", Action: "secretsmanager:GetSecretValue", Resource: secretArn }],
    };
  },
  dataServices: ["secretsmanager"],
  answers: {
    200: {
      name: "Rate",
      schema: {
        $schema: "http://json-schema.org/draft-04/schema#",
        title: "Rate",
        type: "object",
        required: ["base", "currency", "rate", "asOf", "stale"],
        additionalProperties: false,
        properties: {
          base: { type: "string" },
          currency: { type: "string" },
          rate: { type: "number" },
          asOf: { type: "string" },
          stale: { type: "boolean" },
        },
      },
    },
    404: "Error",
    503: "Error",
  },
  example: () => ({
    path: { currency: "EUR" },
    answer: { status: 200, body: { currency: "EUR", rate: /^\d+(\.\d+)?(e-?\d+)?$/, stale: false } },
  }),
});

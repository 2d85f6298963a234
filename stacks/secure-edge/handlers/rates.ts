import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import type { RatesEnv } from "../../../lambda-src/rates/env";
import { HandlerError } from "../../common/errors";
import { secretNaming } from "../../common/names";
import { defineHandler } from "../handler-definition";

/**
 * Asks a third party for exchange rates. The key to it is a secret that Terraform creates without a value, so that it is in
 * no JSON and no state; somebody puts it in afterwards (README, "Rates").
 */
export const rates = defineHandler<RatesEnv>({
  setUp: ({ scope, config, name, keyArn }) => {
    if (config.ratesProviderUrl === undefined) {
      throw new HandlerError(
        "the handler rates needs a provider: set RATES_PROVIDER_URL, or take its routes out of stacks/secure-edge/routes.ts",
      );
    }
    const key = new SecretsmanagerSecret(scope, "RatesProviderKey", {
      ...secretNaming(name("RatesProviderKey"), config.secretRecoveryDays),
      description: "The key to the provider of exchange rates",
      kmsKeyId: keyArn,
    });
    return {
      environment: {
        PROVIDER_URL: config.ratesProviderUrl,
        PROVIDER_KEY_SECRET_ARN: key.arn,
        CORS_ORIGINS: config.corsOrigin ?? "",
      },
      permissions: [{ Sid: "ReadProviderKey", Action: "secretsmanager:GetSecretValue", Resource: key.arn }],
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

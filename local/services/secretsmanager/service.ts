import { validation } from "../../kernel/input-dialect";
import type { ServiceDefinition } from "../service";
import { type Secrets, secretsOperations } from "./operations";
import { readSecrets, secretsManagerResourceTypes } from "./resources";

/** Secrets Manager, as far as secrets are read and given values. They are created by Terraform alone. */
export const secretsManager: ServiceDefinition<Secrets> = {
  name: "secretsmanager",
  title: "AWS Secrets Manager",
  wire: { protocol: "json", version: "1.1", targetPrefix: "secretsmanager", messageKey: "Message" },
  errors: {
    denied: { code: "AccessDeniedException", status: 400 },
    internal: { code: "InternalServiceError", message: "An error occurred on the server side.", status: 500 },
    throttled: { code: "ThrottlingException", message: "Rate exceeded", status: 400 },
    input: {
      error: validation("ValidationException", { shows: false }),
      texts: {
        SecretId: { max: 2048 },
        VersionId: { min: 32, max: 64 },
        VersionStage: { min: 1, max: 256 },
        VersionStages: { min: 1, max: 256 },
        NextToken: { min: 1, max: 4096 },
        ClientRequestToken: { min: 32, max: 64 },
        SecretString: { min: 1, max: 65_536 },
      },
    },
  },
  resourceTypes: secretsManagerResourceTypes,
  operations: secretsOperations,
  create: ({ deployment, clock, access, kept }) => ({
    all: readSecrets(deployment, kept),
    created: clock.now() / 1000,
    access,
  }),
};

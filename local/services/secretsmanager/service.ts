import { operationInputs } from "../../aws-api/operation-inputs";
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
    input: validation("ValidationException"),
  },
  // An empty id is answered as a missing one. What AWS answers is not published.
  inputs: operationInputs(__dirname, { shapes: { SecretIdType: { type: "text", max: 2048 } } }),
  resourceTypes: secretsManagerResourceTypes,
  operations: secretsOperations,
  create: ({ deployment, clock, access, kept }) => ({
    all: readSecrets(deployment, kept),
    created: clock.now() / 1000,
    access,
  }),
};

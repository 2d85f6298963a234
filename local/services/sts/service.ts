import { operationInputs } from "../../aws-api/operation-inputs";
import { AwsError } from "../../kernel/aws-error";
import { validation } from "../../kernel/input-dialect";
import type { ServiceDefinition } from "../service";

/** STS, as far as a caller asks who it is. That needs a signature but no permission, as on AWS. */
export const sts: ServiceDefinition<undefined> = {
  name: "sts",
  title: "AWS STS",
  wire: {
    protocol: "query",
    apiVersion: "2011-06-15",
    xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  },
  errors: {
    denied: { code: "AccessDenied", status: 403 },
    internal: { code: "InternalFailure", message: "The request processing has failed.", status: 500 },
    throttled: { code: "Throttling", message: "Rate exceeded", status: 400 },
    input: validation("ValidationError"),
  },
  inputs: operationInputs(__dirname),
  resourceTypes: [],
  operations: {
    GetCallerIdentity: {
      handle(_input, _model, { principal }) {
        if (principal.kind === "administrator" || principal.kind === "role") {
          return { Arn: principal.arn, UserId: principal.userId, Account: principal.accountId };
        }
        throw new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
      },
    },
  },
  create: () => undefined,
};

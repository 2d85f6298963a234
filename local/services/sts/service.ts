import { AwsError } from "../../kernel/aws-error";
import type { AwsService } from "../../aws-api/service";

/** STS, as far as a caller asks who it is. That needs a signature but no permission, as on AWS. */
export const stsService: AwsService = {
  name: "sts",
  wire: {
    protocol: "query",
    apiVersion: "2011-06-15",
    xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  },
  operations: {
    GetCallerIdentity: {
      handle(_input, { principal }) {
        if (principal.kind === "administrator" || principal.kind === "role") {
          return { Arn: principal.arn, UserId: principal.userId, Account: principal.accountId };
        }
        throw new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
      },
    },
  },
};

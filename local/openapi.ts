import type { Deployment } from "./deployment/deployment";
import { type OpenApiDocument, openApiOf } from "./services/apigateway/openapi/document";
import { readRestApis } from "./services/apigateway/rest-api";
import { readApiKeys, readUsagePlans } from "./services/apigateway/usage-plans";
import { customResponsesOf } from "./services/wafv2/action";

/** Each stage of the deployment's REST APIs as an OpenAPI document with AWS's address, by the stage's name. */
export function openApiDocuments(deployment: Deployment): ReadonlyMap<string, OpenApiDocument> {
  const usagePlans = readUsagePlans(deployment, readApiKeys(deployment));
  return new Map(
    readRestApis(deployment).flatMap((api) =>
      api.stages.map((stage) => {
        const webAclAnswers = customResponsesOf(deployment, stage.arn);
        return [stage.name, openApiOf({ api, stage, usagePlans, webAclAnswers })] as const;
      }),
    ),
  );
}

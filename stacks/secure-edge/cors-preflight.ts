import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayIntegrationResponse } from "@cdktf/provider-aws/lib/api-gateway-integration-response";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodResponse } from "@cdktf/provider-aws/lib/api-gateway-method-response";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { corsHeaders, staticValue } from "./gateway-responses";
import { HTTP_METHODS, type Route } from "./route";

export interface CorsPreflightProps {
  readonly restApiId: string;
  readonly resourceId: string;
  readonly origin: string;
  /** Those of the path. */
  readonly routes: readonly Pick<Route, "method" | "headers">[];
}

const ALWAYS_ALLOWED = ["Authorization", "Content-Type", "X-Api-Key"];

/**
 * Answers a browser's question whether a page of the one origin may call the path. API Gateway answers itself: no
 * function runs, and a browser sends no token with the question.
 *
 * Creates `aws_api_gateway_method`, `aws_api_gateway_integration` and their responses.
 */
export class CorsPreflight extends Construct {
  readonly parts: readonly TerraformResource[];

  constructor(scope: Construct, id: string, props: CorsPreflightProps) {
    super(scope, id);
    const where = { restApiId: props.restApiId, resourceId: props.resourceId };
    const headers = {
      ...corsHeaders(props.origin),
      "Access-Control-Allow-Methods": [...methodsOf(props), "OPTIONS"].join(","),
      "Access-Control-Allow-Headers": [...new Set([...ALWAYS_ALLOWED, ...headersOf(props)])].join(","),
      "Access-Control-Max-Age": "600",
    };
    const parameters = Object.entries(headers).map(
      ([name, value]) => [`method.response.header.${name}`, value] as const,
    );

    const method = new ApiGatewayMethod(this, "method", {
      ...where,
      httpMethod: "OPTIONS",
      authorization: "NONE",
    });
    const integration = new ApiGatewayIntegration(this, "integration", {
      ...where,
      httpMethod: method.httpMethod,
      type: "MOCK",
      requestTemplates: { "application/json": '{"statusCode": 204}' },
    });
    const methodResponse = new ApiGatewayMethodResponse(this, "method-response", {
      ...where,
      httpMethod: method.httpMethod,
      statusCode: "204",
      responseParameters: Object.fromEntries(parameters.map(([name]) => [name, true])),
    });
    const integrationResponse = new ApiGatewayIntegrationResponse(this, "integration-response", {
      ...where,
      httpMethod: method.httpMethod,
      statusCode: methodResponse.statusCode,
      responseParameters: Object.fromEntries(parameters.map(([name, value]) => [name, staticValue(value)])),
      dependsOn: [integration],
    });
    this.parts = [method, integration, methodResponse, integrationResponse];
  }
}

function methodsOf({ routes }: CorsPreflightProps): string[] {
  const all = HTTP_METHODS.filter((method) => method !== "ANY" && method !== "OPTIONS");
  return [...new Set(routes.flatMap(({ method }) => (method === "ANY" ? all : [method])))];
}

function headersOf({ routes }: CorsPreflightProps): string[] {
  return routes.flatMap(({ headers = {} }) => Object.keys(headers));
}

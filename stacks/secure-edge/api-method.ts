import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodResponse } from "@cdktf/provider-aws/lib/api-gateway-method-response";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { ITerraformDependable, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { HandlerFunction } from "../common/handler-function";
import { allow } from "../guardrails";
import { pathParametersOf, type Route, scopesOf } from "./route";

/** A function has at most 28 seconds: it always answers, or times out, before API Gateway gives up. */
const INTEGRATION_TIMEOUT_MS = 29_000;

export interface ApiMethodProps {
  readonly restApiId: string;
  readonly restApiExecutionArn: string;
  readonly resourceId: string;
  readonly route: Route;
  /** For a route that users sign in to. */
  readonly authorizerId: string | undefined;
  readonly requestValidatorId: string;
  /** The model that a body must fit, whatever its content type says; `undefined` for a method that does not take a body. */
  readonly requestModelName: string | undefined;
  /** The models of the answers' bodies, by status. */
  readonly answerModelNames: ReadonlyMap<string, string>;
  readonly target: HandlerFunction;
}

/**
 * One method: its caller is authorized, its parameters are there and its body is valid, before its function runs; and only
 * this method may invoke the function, in any stage, so that API Gateway's own test of a method works as well. Until it is
 * opened, a request that has passed everything else is answered with 500, and no function runs.
 *
 * Creates `aws_api_gateway_method`, `aws_api_gateway_integration`, `aws_api_gateway_method_response`, `aws_lambda_permission`.
 */
export class ApiMethod extends Construct {
  readonly method: ApiGatewayMethod;
  readonly integration: ApiGatewayIntegration;
  /** What a deployment of the API waits for. */
  readonly parts: readonly TerraformResource[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApiMethodProps,
  ) {
    super(scope, id);
    this.method = this.createMethod(props);
    if (props.route.auth === "none") allow(this.method, "open-method", props.route.reason);
    this.integration = this.createIntegration(props);
    this.parts = [this.method, this.integration, ...this.createResponses(props)];
  }

  /** Lets the method invoke its function, and nothing else, once the guard is in place. */
  open(guard: ITerraformDependable): void {
    const { route, target, restApiExecutionArn } = this.props;
    const method = route.method === "ANY" ? "*" : route.method;
    new LambdaPermission(this, "permission", {
      statementId: `api-${this.node.id}`,
      action: "lambda:InvokeFunction",
      functionName: target.functionName,
      principal: "apigateway.amazonaws.com",
      sourceArn: `${restApiExecutionArn}/*/${method}${route.path.replace(/\{[^}]+\}/g, "*")}`,
      dependsOn: [guard],
    });
  }

  private createMethod({ route, ...props }: ApiMethodProps): ApiGatewayMethod {
    const scopes = scopesOf(route);
    return new ApiGatewayMethod(this, "method", {
      restApiId: props.restApiId,
      resourceId: props.resourceId,
      httpMethod: route.method,
      authorization: props.authorizerId === undefined ? "NONE" : "COGNITO_USER_POOLS",
      authorizerId: props.authorizerId,
      authorizationScopes: scopes.length > 0 ? [...scopes] : undefined,
      apiKeyRequired: route.apiKeyRequired ?? false,
      requestValidatorId: props.requestValidatorId,
      requestModels: props.requestModelName === undefined ? undefined : models(props.requestModelName),
      requestParameters: parametersOf(route),
    });
  }

  private createResponses({ answerModelNames, ...props }: ApiMethodProps): ApiGatewayMethodResponse[] {
    return [...answerModelNames].map(
      ([statusCode, model]) =>
        new ApiGatewayMethodResponse(this, `${this.node.id}-${statusCode}`, {
          restApiId: props.restApiId,
          resourceId: props.resourceId,
          httpMethod: this.method.httpMethod,
          statusCode,
          responseModels: { "application/json": model },
        }),
    );
  }

  private createIntegration({ target, ...props }: ApiMethodProps): ApiGatewayIntegration {
    return new ApiGatewayIntegration(this, "integration", {
      restApiId: props.restApiId,
      resourceId: props.resourceId,
      httpMethod: this.method.httpMethod,
      type: "AWS_PROXY",
      integrationHttpMethod: "POST",
      uri: target.invokeArn,
      timeoutMilliseconds: INTEGRATION_TIMEOUT_MS,
    });
  }
}

/** A body whose content type has no model would pass unvalidated: `$default` is the model of all others. */
function models(name: string): Record<string, string> {
  return { "application/json": name, $default: name };
}

/** Each parameter, and whether a request without it is refused; one of the path is always there. */
function parametersOf(route: Route): Record<string, boolean> | undefined {
  const { query = {}, headers = {} } = route;
  const named = (place: string, entries: readonly (readonly [string, boolean])[]) =>
    entries.map(([name, required]) => [`method.request.${place}.${name}`, required] as const);
  const isRequired = (parameters: object) =>
    Object.entries(parameters).map(([name, presence]) => [name, presence === "required"] as const);
  const all = [
    ...named(
      "path",
      pathParametersOf(route).map((name) => [name, true]),
    ),
    ...named("querystring", isRequired(query)),
    ...named("header", isRequired(headers)),
  ];
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

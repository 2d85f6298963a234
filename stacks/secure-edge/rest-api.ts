import { ApiGatewayAuthorizer } from "@cdktf/provider-aws/lib/api-gateway-authorizer";
import { ApiGatewayModel } from "@cdktf/provider-aws/lib/api-gateway-model";
import { ApiGatewayRequestValidator } from "@cdktf/provider-aws/lib/api-gateway-request-validator";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import type { ITerraformDependable, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Throttle } from "../common/config";
import { RouteError } from "../common/errors";
import type { HandlerFunction, LogProps } from "../common/handler-function";
import { ApiMethod } from "./api-method";
import { ApiResources } from "./api-resources";
import { ApiStage } from "./api-stage";
import { CorsPreflight } from "./cors-preflight";
import { GatewayResponses } from "./gateway-responses";
import { nameModel } from "./name-model";
import { isSignedIn, type Route, routeId } from "./route";
import type { UserDirectory } from "./user-directory";

export interface RestApiProps {
  /** The physical name. */
  readonly apiName: string;
  readonly stageName: string;
  readonly routes: readonly Route[];
  /** By the routes' function names. */
  readonly functions: ReadonlyMap<string, HandlerFunction>;
  /** By the routes' user pool names. */
  readonly userPools: ReadonlyMap<string, UserDirectory>;
  readonly throttle: Throttle;
  readonly corsOrigin: string | undefined;
  readonly logs: LogProps;
  readonly tracing: boolean;
}

/**
 * A regional REST API that lets nothing through to a function but authorized requests with a valid body.
 *
 * Creates `aws_api_gateway_rest_api` and, through its parts, all of the API.
 */
export class RestApi extends Construct {
  readonly id: string;
  readonly stage: ApiStage;
  private readonly methods: readonly ApiMethod[];
  private readonly api: ApiGatewayRestApi;
  private readonly model: ApiGatewayModel;
  private readonly validator: ApiGatewayRequestValidator;
  private readonly resources: ApiResources;
  private readonly authorizers: ReadonlyMap<string, ApiGatewayAuthorizer>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestApiProps,
  ) {
    super(scope, id);
    this.api = this.createApi();
    this.model = this.createModel();
    this.validator = this.createValidator();
    this.resources = new ApiResources(this, "paths", this.api);
    this.authorizers = this.createAuthorizers();
    this.methods = props.routes.map((route) => this.createMethod(route));
    const preflights = this.createPreflights();
    const { responses } = new GatewayResponses(this, "gateway-responses", {
      restApiId: this.api.id,
      corsOrigin: props.corsOrigin,
    });

    this.id = this.api.id;
    this.stage = this.createStage([
      this.model,
      this.validator,
      ...this.authorizers.values(),
      ...this.resources.all,
      ...this.methods.flatMap(({ method, integration }) => [method, integration]),
      ...preflights.flatMap(({ parts }) => parts),
      ...responses,
    ]);
  }

  /**
   * Lets requests through to the functions, once the guard is in place. A web ACL can only be associated with a stage
   * that exists, and a stage answers as soon as it does: in between, no function can be invoked.
   */
  openBehind(guard: ITerraformDependable): void {
    for (const method of this.methods) method.open(guard);
  }

  private createApi(): ApiGatewayRestApi {
    return new ApiGatewayRestApi(this, "rest-api", {
      name: this.props.apiName,
      description: "Secured by a web ACL, Cognito authorizers, request validation and throttling",
      endpointConfiguration: { types: ["REGIONAL"], ipAddressType: "ipv4" },
    });
  }

  private createModel(): ApiGatewayModel {
    return new ApiGatewayModel(this, "Name", {
      restApiId: this.api.id,
      name: "Name",
      contentType: "application/json",
      schema: JSON.stringify(nameModel),
    });
  }

  private createValidator(): ApiGatewayRequestValidator {
    return new ApiGatewayRequestValidator(this, "request-validator", {
      restApiId: this.api.id,
      name: "body-and-parameters",
      validateRequestBody: true,
      validateRequestParameters: true,
    });
  }

  private createAuthorizers(): ReadonlyMap<string, ApiGatewayAuthorizer> {
    const poolOf = new Map(
      this.props.routes.filter(isSignedIn).map((route) => [route.authorizer, route.userPool]),
    );
    return new Map(
      [...poolOf].map(([name, poolName]) => {
        const pool = required(this.props.userPools, poolName);
        const authorizer = new ApiGatewayAuthorizer(this, name, {
          restApiId: this.api.id,
          name,
          type: "COGNITO_USER_POOLS",
          identitySource: "method.request.header.Authorization",
          providerArns: [pool.poolArn],
          // Another client of the same pool is not let in.
          identityValidationExpression: `^${pool.clientId}$`,
        });
        return [name, authorizer];
      }),
    );
  }

  private createMethod(route: Route): ApiMethod {
    return new ApiMethod(this, routeId(route), {
      restApiId: this.api.id,
      restApiExecutionArn: this.api.executionArn,
      resourceId: this.resources.resourceId(route.path),
      route,
      authorizerId: isSignedIn(route) ? required(this.authorizers, route.authorizer).id : undefined,
      requestValidatorId: this.validator.id,
      requestModelName: this.model.name,
      target: required(this.props.functions, route.functionName),
    });
  }

  private createPreflights(): CorsPreflight[] {
    const { corsOrigin, routes } = this.props;
    if (corsOrigin === undefined) return [];
    const paths = [...new Set(routes.map(({ path }) => path))];
    return paths.map(
      (path) =>
        new CorsPreflight(this, `OPTIONS-${routeId({ method: "GET", path }).slice("GET-".length)}`, {
          restApiId: this.api.id,
          resourceId: this.resources.resourceId(path),
          origin: corsOrigin,
          methods: routes.filter((route) => route.path === path).map(({ method }) => method),
        }),
    );
  }

  private createStage(parts: readonly TerraformResource[]): ApiStage {
    const { stageName, routes, throttle, logs, tracing } = this.props;
    return new ApiStage(this, "stage", {
      api: this.api,
      stageName,
      parts,
      throttle,
      routes,
      logs,
      tracing,
    });
  }
}

function required<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined)
    throw new RouteError(`a route names ${JSON.stringify(name)}, which the stack does not create`);
  return value;
}

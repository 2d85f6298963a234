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
import { modelOf, modelsOf } from "./check-routes";
import { CorsPreflight } from "./cors-preflight";
import { GatewayResponses } from "./gateway-responses";
import { handlers } from "./handlers";
import { isSignedIn, pathId, type Route, routeId, type SignedInRoute, userPoolsOf } from "./route";
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
 * A regional REST API that lets nothing through to a function but authorized requests that are valid.
 *
 * Creates `aws_api_gateway_rest_api` and, through its parts, all of the API.
 */
export class RestApi extends Construct {
  readonly id: string;
  readonly stage: ApiStage;
  private readonly methods: readonly ApiMethod[];
  private readonly api: ApiGatewayRestApi;
  private readonly models: ReadonlyMap<string, ApiGatewayModel>;
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
    this.models = this.createModels();
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
      ...this.models.values(),
      this.validator,
      ...this.authorizers.values(),
      ...this.resources.all,
      ...this.methods.flatMap(({ parts }) => parts),
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

  private createModels(): ReadonlyMap<string, ApiGatewayModel> {
    const models = new Map<string, ApiGatewayModel>();
    for (const model of this.props.routes.flatMap(modelsOf)) {
      if (models.has(model.name)) continue;
      models.set(
        model.name,
        new ApiGatewayModel(this, model.name, {
          restApiId: this.api.id,
          name: model.name,
          contentType: "application/json",
          schema: JSON.stringify(model.schema),
        }),
      );
    }
    return models;
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
    const firstRoutes = new Map<string, SignedInRoute>();
    for (const route of this.props.routes.filter(isSignedIn))
      if (!firstRoutes.has(route.authorizer)) firstRoutes.set(route.authorizer, route);
    return new Map([...firstRoutes].map(([name, route]) => [name, this.createAuthorizer(name, route)]));
  }

  private createAuthorizer(name: string, route: SignedInRoute): ApiGatewayAuthorizer {
    const pools = userPoolsOf(route).map((pool) => required(this.props.userPools, pool));
    const clients = pools.map(({ clientId }) => clientId);
    return new ApiGatewayAuthorizer(this, name, {
      restApiId: this.api.id,
      name,
      type: "COGNITO_USER_POOLS",
      identitySource: "method.request.header.Authorization",
      providerArns: pools.map(({ poolArn }) => poolArn),
      // Another client of the same pool is not let in. An access token has no audience: there, the scope decides.
      identityValidationExpression:
        route.auth === "cognito-access-token"
          ? undefined
          : clients.length === 1
            ? `^${clients[0]}$`
            : `^(${clients.join("|")})$`,
    });
  }

  private createMethod(route: Route): ApiMethod {
    return new ApiMethod(this, routeId(route), {
      restApiId: this.api.id,
      restApiExecutionArn: this.api.executionArn,
      resourceId: this.resources.resourceId(route.path),
      route,
      authorizerId: isSignedIn(route) ? required(this.authorizers, route.authorizer).id : undefined,
      requestValidatorId: this.validator.id,
      requestModelName: this.models.get(modelOf(route)?.name ?? "")?.name,
      answerModelNames: new Map(
        Object.entries(handlers[route.handler].answers ?? {}).map(([status, model]) => [
          status,
          model === "Error" ? model : required(this.models, model.name).name,
        ]),
      ),
      target: required(this.props.functions, route.functionName),
    });
  }

  private createPreflights(): CorsPreflight[] {
    const { corsOrigin, routes } = this.props;
    if (corsOrigin === undefined) return [];
    const paths = [...new Set(routes.map(({ path }) => path))];
    return paths.map(
      (path) =>
        new CorsPreflight(this, `OPTIONS-${pathId(path)}`, {
          restApiId: this.api.id,
          resourceId: this.resources.resourceId(path),
          origin: corsOrigin,
          routes: routes.filter((route) => route.path === path),
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

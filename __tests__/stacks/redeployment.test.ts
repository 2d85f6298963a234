import { ApiGatewayGatewayResponse } from "@cdktf/provider-aws/lib/api-gateway-gateway-response";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayModel } from "@cdktf/provider-aws/lib/api-gateway-model";
import { ApiGatewayRequestValidator } from "@cdktf/provider-aws/lib/api-gateway-request-validator";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { TerraformOutput } from "cdktf";
import type { IConstruct } from "constructs";
import { isSignedIn, type Route } from "../../stacks/secure-edge/route";
import type { SecureEdgeStack } from "../../stacks/secure-edge-stack";
import { shippedRoutes as routes } from "../support/synthesis";
import { type Body, body } from "./support/stack-json";
import { synthesizeApp } from "./support/synthesized-app";

interface Change {
  readonly env?: Record<string, string>;
  readonly routes?: readonly Route[];
  readonly edge?: (edge: SecureEdgeStack) => void;
}

const [first, second] = routes.filter(isSignedIn);
if (first === undefined || second === undefined)
  throw new Error("the table of routes has fewer than two rows");

const triggersAfter = ({ env, routes: table, edge }: Change = {}): Body =>
  body(synthesizeApp(env, table, edge).edge.only("aws_api_gateway_deployment").triggers);

const asItIs = triggersAfter();

describe("the API is deployed again when", () => {
  it.each<[what: string, change: Change, entries: string[]]>([
    [
      "a method's authorizer changes",
      { routes: [{ ...first, authorizer: "AGAuthorizer2", userPool: "MyUserPool2" }, second] },
      ["authorizer AGAuthorizer1", "method POST-lambda1"],
    ],
    [
      "a method is opened to anybody",
      { routes: [{ ...withoutAuth(first), auth: "none", reason: "a demonstration" }, second] },
      ["authorizer AGAuthorizer1", "method POST-lambda1"],
    ],
    [
      "an authorizer's user pool changes",
      { routes: [{ ...first, userPool: "MyUserPool3" }, second] },
      ["authorizer AGAuthorizer1"],
    ],
    [
      "a method starts to require an API key",
      { env: { API_CLIENTS: "mobile" }, routes: [{ ...first, apiKeyRequired: true }, second] },
      ["method POST-lambda1"],
    ],
    [
      "the models change",
      { edge: (edge) => changeAll(edge, ApiGatewayModel, (model) => (model.schema = '{"type":"object"}')) },
      ["model Greeting", "model Name"],
    ],
    [
      "the request validator changes",
      {
        edge: (edge) =>
          changeAll(edge, ApiGatewayRequestValidator, (validator) => (validator.validateRequestBody = false)),
      },
      ["request_validator api"],
    ],
    [
      "a path changes",
      { routes: [{ ...first, path: "/greet1" }, second] },
      [
        "integration POST-greet1",
        "integration POST-lambda1",
        "method POST-greet1",
        "method POST-lambda1",
        "method_response POST-greet1-200",
        "method_response POST-greet1-503",
        "method_response POST-lambda1-200",
        "method_response POST-lambda1-503",
        "resource greet1",
        "resource lambda1",
      ],
    ],
    [
      "a route calls another function",
      { routes: [{ ...first, functionName: "ExternalLambda3" }, second] },
      ["integration POST-lambda1"],
    ],
    [
      "an integration's timeout changes",
      {
        edge: (edge) =>
          changeAll(edge, ApiGatewayIntegration, (integration) => (integration.timeoutMilliseconds = 20_000)),
      },
      ["integration POST-lambda1", "integration POST-lambda2"],
    ],
    [
      "a setting comes by way of an override",
      {
        edge: (edge) =>
          changeAll(edge, ApiGatewayMethod, (method) => method.addOverride("operation_name", "Greet")),
      },
      ["method POST-lambda1", "method POST-lambda2"],
    ],
    [
      "a gateway response's header changes",
      {
        edge: (edge) =>
          changeAll(
            edge,
            ApiGatewayGatewayResponse,
            (response) =>
              (response.responseParameters = { "gatewayresponse.header.X-Frame-Options": "'SAMEORIGIN'" }),
          ),
      },
      ["gateway_response DEFAULT_4XX", "gateway_response DEFAULT_5XX"],
    ],
    [
      "an origin may call it",
      { env: { CORS_ORIGIN: "https://app.example.com" } },
      [
        "gateway_response DEFAULT_4XX",
        "gateway_response DEFAULT_5XX",
        ...["integration", "integration_response", "method", "method_response"].flatMap((part) => [
          `${part} OPTIONS-lambda1`,
          `${part} OPTIONS-lambda2`,
        ]),
      ],
    ],
    [
      "a route is gone",
      { routes: [first] },
      [
        "authorizer AGAuthorizer2",
        "integration POST-lambda2",
        "method POST-lambda2",
        "method_response POST-lambda2-200",
        "method_response POST-lambda2-503",
        "resource lambda2",
      ],
    ],
  ])("%s", (_what, change, entries) => {
    const after = triggersAfter(change);

    expect(differing(asItIs, after)).toEqual(entries);
  });
});

describe("the API is not deployed again when", () => {
  it.each<[what: string, change: Change]>([
    ["nothing changes", {}],
    ["the stage's throttle changes", { env: { THROTTLE_RATE: "7", THROTTLE_BURST: "8" } }],
    [
      "a route gets a throttle of its own",
      { routes: [{ ...first, throttle: { rateLimit: 1, burstLimit: 2 } }, second] },
    ],
    ["logs are kept longer", { env: { LOG_RETENTION_DAYS: "365" } }],
    [
      "functions get more memory and time",
      { env: { FUNCTION_MEMORY_MB: "1024", FUNCTION_TIMEOUT_SECONDS: "20" } },
    ],
    [
      "a function's code changes",
      { edge: (edge) => changeAll(edge, LambdaFunction, (fn) => (fn.sourceCodeHash = "another")) },
    ],
    [
      "the web ACL changes",
      { env: { IP_RULE_ACTION: "block", IP_SET_CIDRS: "203.0.113.7/32", WAF_RATE_LIMIT: "100" } },
    ],
    ["a client gets an API key", { env: { API_CLIENTS: "mobile" } }],
    [
      "the login page may send users elsewhere",
      { env: { CALLBACK_URLS: "https://app.example.com/callback" } },
    ],
    ["the state moves", { env: { STATE_BUCKET: "my-state" } }],
    ["an output is added", { edge: (edge) => new TerraformOutput(edge, "another", { value: "output" }) }],
    ["the routes are in another order", { routes: [second, first] }],
  ])("%s", (_what, change) => {
    const after = triggersAfter(change);

    expect(differing(asItIs, after)).toEqual([]);
  });
});

describe("the triggers", () => {
  it("cover each part that a deployment takes a snapshot of, and name it", () => {
    const { edge } = synthesizeApp({ CORS_ORIGIN: "https://app.example.com" });

    const parts = edge.addresses.filter((address) =>
      /^aws_api_gateway_(authorizer|gateway_response|integration|integration_response|method|method_response|model|request_validator|resource)\./.test(
        address,
      ),
    );
    const { triggers, depends_on } = edge.only("aws_api_gateway_deployment");
    expect(Object.keys(body(triggers)).sort()).toEqual(
      parts.map((address) => address.replace("aws_api_gateway_", "").replace(".", " ")).sort(),
    );
    expect([depends_on].flat().sort()).toEqual(parts);
  });

  it("hold settings, and no id that a rebuilt part would change", () => {
    for (const settings of Object.values(asItIs)) {
      expect(Object.keys(JSON.parse(String(settings))).length).toBeGreaterThan(1);
      expect(settings).not.toMatch(/_id":"\$\{/);
    }
  });
});

/** The entries that are in one of the two alone, or in both with different settings. */
function differing(before: Body, after: Body): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((entry) => before[entry] !== after[entry])
    .sort();
}

function changeAll<T extends IConstruct>(
  scope: IConstruct,
  type: abstract new (...args: never[]) => T,
  change: (element: T) => unknown,
): void {
  const found = scope.node.findAll().filter((child): child is T => child instanceof type);
  if (found.length === 0) throw new Error(`there is no ${type.name} to change`);
  for (const element of found) change(element);
}

function withoutAuth({ path, method, functionName, handler }: Route) {
  return { path, method, functionName, handler };
}

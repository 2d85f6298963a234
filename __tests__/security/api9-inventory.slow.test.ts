import { readFileSync } from "node:fs";
import path from "node:path";
import type { Route } from "../../stacks/secure-edge/route";
import { type Body, stackJson } from "../stacks/support/stack-json";
import type { TestRuntime } from "../support/local-runtime";
import { shippedRoutes as routes } from "../support/synthesis";
import { type EditableStack, type FolderOptions, synthesizeToFolder } from "../support/synthesized-folder";
import { useRuntime, useRuntimes } from "../support/use-runtime";
import { ADMINISTRATOR, send } from "./support/aws-call";
import { BLOCKED, expectGatewayError, NO_SUCH_ROUTE } from "./support/gateway-error";
import { BUILT_IN, each, type Proof, threatsOf } from "./support/threats";

const threat = threatsOf(9, __filename);
const { withRuntime } = useRuntimes();

interface ListedResource {
  readonly id: string;
  readonly path: string;
  readonly resourceMethods?: Readonly<Record<string, { readonly authorizationType?: string }>>;
}

const anotherRoute: Route = {
  path: "/orders/{id}",
  method: "GET",
  functionName: "Orders",
  handler: "external",
  auth: "cognito-id-token",
  authorizer: "AGAuthorizer1",
  userPool: "MyUserPool1",
};

const forgottenRoute: Proof = [
  "a forgotten route is open to anybody, and the inventory shows it",
  async () => {
    const [answer, listed] = await withRuntime({ edit: addForgottenRoute }, async (test) => [
      await test.send({ method: "GET", path: "/development/debug" }),
      (await inventory(test)).resources.find((resource) => resource.path === "/debug"),
    ]);

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).message).toBe("The body must be JSON in UTF-8.");
    expect(listed?.resourceMethods?.GET?.authorizationType).toBe("NONE");
  },
];

describe("with the stacks as they are", () => {
  const test = useRuntime();

  threat({
    threat: "A route, method or stage is there that nobody knows of",
    layer: "REST API",
    setting: "aws_api_gateway_method, aws_api_gateway_stage",
    attack: [
      "serves the table's routes in one stage, each with an authorizer, and nothing else",
      async () => {
        const { api, resources } = await inventory(test);
        const stages = await restApi(test, `/restapis/${api}/stages`);

        const methods = resources.flatMap(({ path, resourceMethods = {} }) =>
          Object.entries(resourceMethods).map(([method, { authorizationType }]) => [
            `${method} ${path}`,
            authorizationType,
          ]),
        );
        expect(methods).toEqual(
          routes
            .filter(({ when }) => when === undefined)
            .map(({ method, path }) => [`${method} ${path}`, "COGNITO_USER_POOLS"]),
        );
        expect((stages.item as { stageName: string }[]).map(({ stageName }) => stageName)).toEqual([
          "development",
        ]);
        expect(test.runtime.invokeUrls).toHaveLength(1);
      },
    ],
    counterpart: forgottenRoute,
  });

  threat({
    threat: "Somebody looks for default and debugging endpoints",
    layer: "API Gateway, routing",
    setting: "aws_api_gateway_resource",
    attack: each(
      [
        "/development/.env",
        "/development",
        "/development/",
        "/development/lambda3",
        "/development/lambda",
        "/development/lambda1/lambda2",
        "/development/ping",
        "/development/sping",
        "/development/health",
        "/development/swagger.json",
        "/development/openapi.json",
        "/development/.git/config",
        "/development/admin",
        "/development/actuator/env",
        "/development/_user_request_",
        "/development/restapis",
      ],
      (path) => [
        `the path ${path} is not a route, signed in or not`,
        async () => {
          const answer = await test.send({ path });
          const signedIn = await test.send({ path, token: await test.token("MyUserPool1") });

          expectGatewayError(answer, NO_SUCH_ROUTE);
          expect(signedIn.status).toBe(403);
          expect(test.lines.at(-1)?.decision.layer).toBe("routing");
        },
      ],
    ),
    counterpart: forgottenRoute,
  });

  it.each(["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "LINK"])(
    "the method %s is not a route of a path that has POST",
    async (method) => {
      const answer = await test.send({ method });

      expectGatewayError(answer, NO_SUCH_ROUTE);
    },
  );

  it.each([
    "/",
    "/lambda1",
    "/prod/lambda1",
    "/v1/lambda1",
    "/staging/lambda1",
    "/favicon.ico",
    "/robots.txt",
  ])("the path %s is not in any stage", async (path) => {
    const { status, headers, body } = await test.send({ path });

    expect({ status, errorType: headers["x-amzn-errortype"], body }).toEqual(BLOCKED);
  });

  describe("the test of a method, which asks no authorizer", () => {
    const invoke = (id: string, api: string) => ({
      service: "apigateway",
      path: `/restapis/${api}/resources/${id}/methods/POST`,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ body: '{"name":"Mallory"}' }),
    });

    threat({
      threat: "API Gateway's test of a method, which asks no authorizer, is open",
      layer: "IAM",
      setting: BUILT_IN,
      attack: [
        "a method's test is refused without AWS credentials",
        async () => {
          const { api, resources } = await inventory(test);
          const lambda1 = resources.find((resource) => resource.path === "/lambda1");

          const answer = await send(test, invoke(lambda1?.id ?? "", api));

          expect(answer.status).toBe(403);
          expect(answer.body).toMatch(/missing authentication token/i);
        },
      ],
      counterpart: [
        "a method's test is done for an administrator of the account",
        async () => {
          const { api, resources } = await inventory(test);
          const lambda1 = resources.find((resource) => resource.path === "/lambda1");

          const answer = await send(test, invoke(lambda1?.id ?? "", api), ADMINISTRATOR);

          expect(answer.status).toBe(200);
          expect(JSON.parse(answer.body)).toMatchObject({
            status: 200,
            body: expect.stringContaining("Hello Mallory"),
          });
        },
      ],
    });
  });
});

describe("in the synthesized JSON", () => {
  threat({
    threat: "A method is deployed without an authorizer",
    layer: "The tests",
    setting: "aws_api_gateway_method.authorization",
    attack: each<{ name: string; options: FolderOptions }>(
      [
        { name: "as it is", options: {} },
        {
          name: "of another environment",
          options: { env: { ENVIRONMENT: "production", CALLBACK_URLS: "https://app.example.com" } },
        },
        { name: "with CORS", options: { env: { CORS_ORIGIN: "https://app.example.com" } } },
        { name: "with another route", options: { routes: [...routes, anotherRoute] } },
      ],
      ({ name, options }) => [
        `every method that runs a function has an authorizer in the JSON ${name}`,
        () => {
          const open = openMethods(options);

          expect(open).toEqual([]);
        },
      ],
    ),
    counterpart: [
      "a method without an authorizer is found",
      () => {
        const open = openMethods({ edit: addForgottenRoute });

        expect(open).toEqual(["GET-debug"]);
      },
    ],
  });

  it("a method whose authorizer is of another kind, or not there, is found", () => {
    const open = openMethods({
      edit: ({ edge }) => {
        edge.resource("aws_api_gateway_method.POST-lambda1").authorization = "AWS_IAM";
        edge.resource("aws_api_gateway_method.POST-lambda2").authorizer_id =
          "${aws_api_gateway_authorizer.Gone.id}";
      },
    });

    expect(open).toEqual(["POST-lambda1", "POST-lambda2"]);
  });
});

function addForgottenRoute({ edge }: { readonly edge: EditableStack }): void {
  const where = {
    rest_api_id: "${aws_api_gateway_rest_api.api.id}",
    resource_id: "${aws_api_gateway_resource.debug.id}",
    http_method: "GET",
  };
  edge.add("aws_api_gateway_resource.debug", {
    rest_api_id: where.rest_api_id,
    parent_id: "${aws_api_gateway_rest_api.api.root_resource_id}",
    path_part: "debug",
  });
  edge.add("aws_api_gateway_method.GET-debug", { ...where, authorization: "NONE" });
  edge.add("aws_api_gateway_integration.GET-debug", {
    ...edge.resource("aws_api_gateway_integration.POST-lambda1"),
    ...where,
  });
  edge.add("aws_lambda_permission.GET-debug", {
    ...edge.resource("aws_lambda_permission.POST-lambda1"),
    statement_id: "debug",
    source_arn: "${aws_api_gateway_rest_api.api.execution_arn}/*/GET/debug",
  });
}

/** The methods that run something without a signed-in user, by their names in the JSON. */
function openMethods(options: FolderOptions): string[] {
  const { folder, remove } = synthesizeToFolder(options);
  try {
    const stack = stackJson(readFileSync(path.join(folder, "stacks/secure-edge/cdk.tf.json"), "utf8"));
    const authorizers = stack.resources("aws_api_gateway_authorizer");
    const integrations = stack.resources("aws_api_gateway_integration");
    const guarded = ({ authorization, authorizer_id: id }: Body) => {
      const name = /^\$\{aws_api_gateway_authorizer\.([\w-]+)\.id\}$/.exec(String(id))?.[1] ?? "";
      return authorization === "COGNITO_USER_POOLS" && authorizers[name]?.type === "COGNITO_USER_POOLS";
    };
    return Object.entries(stack.resources("aws_api_gateway_method"))
      .filter(([name, method]) => !guarded(method) && integrations[name]?.type !== "MOCK")
      .map(([name]) => name);
  } finally {
    remove();
  }
}

async function inventory(test: TestRuntime): Promise<{ api: string; resources: ListedResource[] }> {
  const { item } = await restApi(test, "/restapis");
  const api = (item as { id: string }[])[0]?.id ?? "";
  const resources = await restApi(test, `/restapis/${api}/resources?embed=methods`);
  return { api, resources: resources.item as ListedResource[] };
}

async function restApi(test: TestRuntime, path: string): Promise<Record<string, unknown>> {
  const call = { service: "apigateway", method: "GET", path, headers: {} };
  return JSON.parse((await send(test, call, ADMINISTRATOR)).body);
}

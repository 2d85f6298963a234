import { CorsPreflight } from "../../../stacks/secure-edge/cors-preflight";
import { shippedRoutes as routes } from "../../support/synthesis";
import { body } from "../support/stack-json";
import { synthesizeApp } from "../support/synthesized-app";
import { synthesizeConstruct } from "../support/synthesized-construct";

const ORIGIN = "https://app.example.com";

describe("a preflight's answer", () => {
  const stack = synthesizeConstruct((scope) => {
    new CorsPreflight(scope, "OPTIONS-orders", {
      restApiId: "api-id",
      resourceId: "resource-id",
      origin: ORIGIN,
      routes: [{ method: "POST", headers: { "X-Trace": "optional" } }, { method: "DELETE" }],
    });
  });

  it("is one method and what it answers", () => {
    expect(stack.counts).toEqual({
      aws_api_gateway_integration: 1,
      aws_api_gateway_integration_response: 1,
      aws_api_gateway_method: 1,
      aws_api_gateway_method_response: 1,
    });
  });

  it("comes from API Gateway itself: no function runs without a token", () => {
    expect(stack.only("aws_api_gateway_method")).toEqual({
      rest_api_id: "api-id",
      resource_id: "resource-id",
      http_method: "OPTIONS",
      authorization: "NONE",
    });
    expect(stack.only("aws_api_gateway_integration")).toMatchObject({
      type: "MOCK",
      request_templates: { "application/json": '{"statusCode": 204}' },
    });
    expect(stack.only("aws_api_gateway_integration")).not.toHaveProperty("uri");
  });

  it("names the one origin, the path's methods and the headers that a call needs", () => {
    expect(stack.only("aws_api_gateway_integration_response")).toMatchObject({
      response_parameters: {
        "method.response.header.Access-Control-Allow-Origin": `'${ORIGIN}'`,
        "method.response.header.Access-Control-Allow-Methods": "'POST,DELETE,OPTIONS'",
        "method.response.header.Access-Control-Allow-Headers":
          "'Authorization,Content-Type,X-Api-Key,X-Trace'",
        "method.response.header.Access-Control-Max-Age": "'600'",
        "method.response.header.Vary": "'Origin'",
      },
      depends_on: [stack.addressOf("aws_api_gateway_integration")],
    });
  });

  it("declares every header that it sends", () => {
    const sent = body(stack.only("aws_api_gateway_integration_response").response_parameters);
    const declared = body(stack.only("aws_api_gateway_method_response").response_parameters);

    expect(Object.keys(declared)).toEqual(Object.keys(sent));
    expect(new Set(Object.values(declared))).toEqual(new Set([true]));
  });
});

describe("the app", () => {
  it("has no OPTIONS method without CORS_ORIGIN", () => {
    const { edge } = synthesizeApp();

    expect(edge.addresses.filter((address) => address.includes("OPTIONS"))).toEqual([]);
    expect(edge.text).not.toContain("Access-Control-Allow-Origin");
  });

  it("has one for each path with CORS_ORIGIN, on that path's resource and without its authorizer", () => {
    const [first] = routes;
    if (first === undefined) throw new Error("the table of routes is empty");
    const { edge } = synthesizeApp({ CORS_ORIGIN: ORIGIN }, [...routes, { ...first, method: "PUT" }]);

    const preflights = Object.entries(edge.resources("aws_api_gateway_method")).filter(
      ([, { http_method }]) => http_method === "OPTIONS",
    );
    expect(preflights.map(([name]) => name)).toEqual(["OPTIONS-lambda1", "OPTIONS-lambda2"]);
    for (const [name, method] of preflights) {
      expect(method).toMatchObject({ authorization: "NONE" });
      expect(method).not.toHaveProperty("authorizer_id");
      expect(method.resource_id).toBe(`\${aws_api_gateway_resource.${name.replace("OPTIONS-", "")}.id}`);
    }
    expect(
      body(edge.resources("aws_api_gateway_integration_response")["OPTIONS-lambda1"]?.response_parameters)[
        "method.response.header.Access-Control-Allow-Methods"
      ],
    ).toBe("'POST,PUT,OPTIONS'");
  });

  it("answers OPTIONS for a path with ANY, and names every method of it once", () => {
    const [first] = routes;
    if (first === undefined) throw new Error("the table of routes is empty");
    const { edge } = synthesizeApp({ CORS_ORIGIN: ORIGIN }, [first, { ...first, method: "ANY" }]);

    const methods = edge.resources("aws_api_gateway_method");
    expect(Object.keys(methods)).toEqual(["ANY-lambda1", "OPTIONS-lambda1", "POST-lambda1"]);
    expect(methods["ANY-lambda1"]).toMatchObject({ http_method: "ANY", authorization: "COGNITO_USER_POOLS" });
    expect(
      body(edge.only("aws_api_gateway_integration_response").response_parameters)[
        "method.response.header.Access-Control-Allow-Methods"
      ],
    ).toBe("'POST,GET,HEAD,PUT,PATCH,DELETE,OPTIONS'");
  });

  it("keeps the authorizer on every other method with CORS_ORIGIN", () => {
    const { edge } = synthesizeApp({ CORS_ORIGIN: ORIGIN });

    const others = Object.values(edge.resources("aws_api_gateway_method")).filter(
      ({ http_method }) => http_method !== "OPTIONS",
    );
    expect(others).toHaveLength(2);
    for (const method of others) expect(method.authorization).toBe("COGNITO_USER_POOLS");
  });

  it("tells the functions the origin", () => {
    const functions = Object.values(
      synthesizeApp({ CORS_ORIGIN: ORIGIN }).edge.resources("aws_lambda_function"),
    );

    for (const fn of functions) expect(body(body(fn.environment).variables).CORS_ORIGINS).toBe(ORIGIN);
  });
});

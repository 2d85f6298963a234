import { corsHeaders, GatewayResponses, staticValue } from "../../../stacks/secure-edge/gateway-responses";
import { synthesizeConstruct } from "../support/synthesized-construct";

const synthesize = (corsOrigin?: string) =>
  synthesizeConstruct((scope) => {
    new GatewayResponses(scope, "gateway-responses", { restApiId: "api-id", corsOrigin });
  });

const securityHeaders = {
  "gatewayresponse.header.Cache-Control": "'no-store'",
  "gatewayresponse.header.Referrer-Policy": "'no-referrer'",
  "gatewayresponse.header.Strict-Transport-Security": "'max-age=63072000; includeSubDomains'",
  "gatewayresponse.header.X-Content-Type-Options": "'nosniff'",
  "gatewayresponse.header.X-Frame-Options": "'DENY'",
};

describe("gateway responses", () => {
  it("are the two that all others inherit from", () => {
    const responses = Object.values(synthesize().resources("aws_api_gateway_gateway_response"));

    expect(synthesize().counts).toEqual({ aws_api_gateway_gateway_response: 2 });
    expect(responses.map(({ response_type }) => response_type)).toEqual(["DEFAULT_4XX", "DEFAULT_5XX"]);
  });

  it("have the security headers, and let no other origin read them", () => {
    for (const response of Object.values(synthesize().resources("aws_api_gateway_gateway_response")))
      expect(response.response_parameters).toEqual(securityHeaders);
  });

  it("let the pages of the one origin read them, where there is one", () => {
    const stack = synthesize("https://app.example.com");

    for (const response of Object.values(stack.resources("aws_api_gateway_gateway_response"))) {
      expect(response.response_parameters).toEqual({
        ...securityHeaders,
        "gatewayresponse.header.Access-Control-Allow-Origin": "'https://app.example.com'",
        "gatewayresponse.header.Vary": "'Origin'",
      });
    }
  });

  it("leave status and body to API Gateway", () => {
    for (const response of Object.values(synthesize().resources("aws_api_gateway_gateway_response")))
      expect(Object.keys(response).sort()).toEqual(["response_parameters", "response_type", "rest_api_id"]);
  });
});

describe("what CORS needs", () => {
  it("names one origin, never all of them, and keeps caches from mixing them up", () => {
    expect(corsHeaders("https://app.example.com")).toEqual({
      "Access-Control-Allow-Origin": "https://app.example.com",
      Vary: "Origin",
    });
    expect(staticValue("x")).toBe("'x'");
  });
});

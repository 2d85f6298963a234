import { shippedRoutes as routes } from "../../support/synthesis";
import { synthesizeApp } from "../support/synthesized-app";

describe("a method", () => {
  it("that is called without a body has no model, which would refuse every request", () => {
    const { edge } = synthesizeApp({}, [
      ...routes,
      {
        path: "/names",
        method: "GET",
        functionName: "ExternalLambda1",
        handler: "external",
        auth: "none",
        reason: "a test",
      },
    ]);

    const methods = edge.resources("aws_api_gateway_method");

    expect(methods["GET-names"]).not.toHaveProperty("request_models");
    expect(methods["POST-lambda1"]).toHaveProperty("request_models");
  });
});

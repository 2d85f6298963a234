import { useRuntime } from "../../../support/use-runtime";

// An integration that names an alias: ministack#407.
describe("through the edge", () => {
  const runtime = useRuntime({
    edit: ({ edge }) => {
      edge.resource("aws_lambda_function.ExternalLambda1").publish = true;
      edge.add("aws_lambda_alias.live", {
        name: "live",
        function_name: "${aws_lambda_function.ExternalLambda1.function_name}",
        function_version: "${aws_lambda_function.ExternalLambda1.version}",
      });
      edge.resource("aws_api_gateway_integration.POST-lambda1").uri = "${aws_lambda_alias.live.invoke_arn}";
      edge.resource("aws_lambda_permission.POST-lambda1").qualifier = "${aws_lambda_alias.live.name}";
      edge.replaceCode(
        "ExternalLambda1",
        "export const handler = async (event, context) => ({ statusCode: 200, body: `${context.functionVersion} ${context.invokedFunctionArn} ${process.env._X_AMZN_TRACE_ID.startsWith(event.headers['X-Amzn-Trace-Id'] + ';')}` });",
      );
    },
  });

  test("an alias is invoked, with a permission of its own and the trace of the request", async () => {
    const answer = await runtime.send({ token: await runtime.token("MyUserPool1") });

    expect([answer.status, answer.body]).toEqual([
      200,
      "1 arn:aws:lambda:us-east-1:123456789012:function:ExternalLambda1:live true",
    ]);
  });
});

describe("without a permission on the alias", () => {
  const runtime = useRuntime({
    edit: ({ edge }) => {
      edge.add("aws_lambda_alias.live", {
        name: "live",
        function_name: "${aws_lambda_function.ExternalLambda1.function_name}",
        function_version: "$LATEST",
      });
      edge.resource("aws_api_gateway_integration.POST-lambda1").uri = "${aws_lambda_alias.live.invoke_arn}";
    },
  });

  test("one on the function does not count", async () => {
    expect((await runtime.send({ token: await runtime.token("MyUserPool1") })).status).toBe(500);
  });
});

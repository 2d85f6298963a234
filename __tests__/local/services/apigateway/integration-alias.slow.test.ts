import { architectureOf } from "../../../../local/architecture";
import { plainFunctions } from "../../../support/plain-functions";
import { useRuntime } from "../../../support/use-runtime";

describe.each<[string, string | undefined, number]>([
  ["for the alias", "live", 200],
  ["for the function without it alone", undefined, 500],
])("an integration with a function's alias, and a permission %s", (_name, qualifier, status) => {
  const serves = useRuntime({
    edit: (stacks) => {
      plainFunctions(stacks);
      const { edge } = stacks;
      edge.add("aws_lambda_alias.Live", {
        name: "live",
        function_name: "${aws_lambda_function.ExternalLambda1.function_name}",
        function_version: "$LATEST",
      });
      edge.resource("aws_api_gateway_integration.POST-lambda1").uri = "${aws_lambda_alias.Live.invoke_arn}";
      if (qualifier !== undefined) edge.resource("aws_lambda_permission.POST-lambda1").qualifier = qualifier;
    },
  });

  test(`answers ${status}, and leads to the function in the picture`, async () => {
    const answer = await serves.send({ token: await serves.token("MyUserPool1") });
    const { connections } = architectureOf(serves.runtime.inside.deployment);

    expect(answer.status).toBe(status);
    expect(connections).toContainEqual({
      from: "aws_api_gateway_method.POST-lambda1",
      to: "aws_lambda_function.ExternalLambda1",
    });
  });
});

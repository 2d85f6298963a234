import type { Block, EditableStack } from "../../../support/synthesized-folder";
import { useRuntime } from "../../../support/use-runtime";

/** One function for both: an authorizer that lets `Bearer let-me-in` in, and the integration, which says who came. */
const CODE = `
export const handler = async (event) => {
  if (event.type !== "TOKEN")
    return { statusCode: 200, body: JSON.stringify(event.requestContext.authorizer.principalId) };
  if (event.authorizationToken !== "Bearer let-me-in") throw new Error("Unauthorized");
  const Statement = [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: event.methodArn }];
  return { principalId: "ada", policyDocument: { Version: "2012-10-17", Statement } };
};`;

const EXECUTION_ARN = "${aws_api_gateway_rest_api.api.execution_arn}";
const ROLE = "${aws_iam_role.Invoker.arn}";

/** `POST /lambda1` behind that function, which API Gateway may invoke as `authorizer` and the other resources say. */
function guarded(edge: EditableStack, authorizer: Block, resources: Readonly<Record<string, Block>>): void {
  edge.replaceCode("ExternalLambda1", CODE);
  edge.add("aws_api_gateway_authorizer.Gate", {
    rest_api_id: "${aws_api_gateway_rest_api.api.id}",
    name: "Gate",
    type: "TOKEN",
    authorizer_uri: "${aws_lambda_function.ExternalLambda1.invoke_arn}",
    ...authorizer,
  });
  Object.assign(edge.resource("aws_api_gateway_method.POST-lambda1"), {
    authorization: "CUSTOM",
    authorizer_id: "${aws_api_gateway_authorizer.Gate.id}",
  });
  for (const [address, body] of Object.entries(resources)) edge.add(address, body);
}

const permission = (sourceArn: string): Readonly<Record<string, Block>> => ({
  "aws_lambda_permission.Gate": {
    action: "lambda:InvokeFunction",
    function_name: "${aws_lambda_function.ExternalLambda1.function_name}",
    principal: "apigateway.amazonaws.com",
    source_arn: `${EXECUTION_ARN}/${sourceArn}`,
  },
});

const role = (service: string): Readonly<Record<string, Block>> => ({
  "aws_iam_role.Invoker": {
    name: "Invoker",
    assume_role_policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } },
    }),
  },
});

const mayInvoke: Readonly<Record<string, Block>> = {
  "aws_iam_role_policy.Invoker": {
    name: "Invoker",
    role: "${aws_iam_role.Invoker.name}",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: "*" },
    }),
  },
};

const GATEWAY = "apigateway.amazonaws.com";

describe.each<[string, Block, Readonly<Record<string, Block>>, number]>([
  ["the function's permission for the authorizer", {}, permission("authorizers/*"), 200],
  ["its permission for methods alone", {}, permission("*/POST/*"), 500],
  ["no permission", {}, {}, 500],
  ["a role that may invoke", { authorizer_credentials: ROLE }, { ...role(GATEWAY), ...mayInvoke }, 200],
  ["a role that may not", { authorizer_credentials: ROLE }, role(GATEWAY), 500],
  [
    "a role that trusts another service",
    { authorizer_credentials: ROLE },
    { ...role("lambda.amazonaws.com"), ...mayInvoke },
    500,
  ],
])("a Lambda authorizer with %s", (_name, authorizer, resources, status) => {
  const runtime = useRuntime({ edit: ({ edge }) => guarded(edge, authorizer, resources) });

  test(`answers ${status}`, async () => {
    const answer = await runtime.send({ token: "Bearer let-me-in" });

    expect([answer.status, answer.body]).toEqual([status, status === 200 ? '"ada"' : '{"message":null}']);
  });
});

describe("a Lambda authorizer whose function throws", () => {
  const runtime = useRuntime({ edit: ({ edge }) => guarded(edge, {}, permission("authorizers/*")) });

  test("Unauthorized is a 401", async () => {
    const answer = await runtime.send({ token: "Bearer other" });

    expect([answer.status, answer.body]).toEqual([401, '{"message":"Unauthorized"}']);
  });
});

import type { Block, EditableStack } from "../../../support/synthesized-folder";
import { useRuntime } from "../../../support/use-runtime";

const document = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...statement } });

const QUEUE = "arn:aws:sqs:us-east-1:123456789012:Orders";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:Told";

/** A queue, a topic that tells it, and a role of API Gateway's that may send to the two, or to one. */
function addTargets(stack: EditableStack, allowed: readonly string[]): void {
  const resources: Readonly<Record<string, Block>> = {
    "aws_sqs_queue.Orders": { name: "Orders" },
    "aws_sns_topic.Told": { name: "Told" },
    "aws_sns_topic_subscription.Told": {
      topic_arn: "${aws_sns_topic.Told.arn}",
      protocol: "sqs",
      endpoint: "${aws_sqs_queue.Orders.arn}",
      raw_message_delivery: true,
    },
    "aws_sqs_queue_policy.Orders": {
      queue_url: "${aws_sqs_queue.Orders.url}",
      policy: document({
        Action: "sqs:SendMessage",
        Resource: QUEUE,
        Principal: { Service: "sns.amazonaws.com" },
        Condition: { ArnEquals: { "aws:SourceArn": TOPIC } },
      }),
    },
    "aws_iam_role.Sender": {
      name: "Sender",
      assume_role_policy: document({
        Action: "sts:AssumeRole",
        Principal: { Service: "apigateway.amazonaws.com" },
      }),
    },
    "aws_iam_role_policy.Sender": {
      role: "${aws_iam_role.Sender.name}",
      policy: document({ Action: ["sqs:SendMessage", "sns:Publish"], Resource: allowed }),
    },
  };
  for (const [address, body] of Object.entries(resources)) stack.add(address, body);
}

/** `POST /lambda1` no longer calls a function. */
function integrate(stack: EditableStack, service: string, more: Block): void {
  stack.remove("aws_lambda_permission.POST-lambda1");
  const integration = stack.resource("aws_api_gateway_integration.POST-lambda1");
  Object.assign(integration, {
    type: "AWS",
    integration_http_method: "POST",
    credentials: "${aws_iam_role.Sender.arn}",
    uri: `arn:aws:apigateway:us-east-1:${service}`,
    ...more,
  });
  const { rest_api_id = "", resource_id = "", http_method = "" } = integration;
  for (const status_code of ["200", "403"]) {
    const where = { rest_api_id, resource_id, http_method, status_code };
    stack.add(`aws_api_gateway_integration_response.s${status_code}`, {
      ...where,
      ...(status_code === "200" ? {} : { selection_pattern: "4\\d\\d" }),
    });
    stack.add(`aws_api_gateway_method_response.s${status_code}`, where);
  }
}

const form = { "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'" };
const toQueue: Block = {
  request_parameters: form,
  request_templates: {
    "application/json":
      "Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageAttribute.1.Name=kind" +
      "&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=order",
  },
};
const toTopic: Block = {
  request_parameters: {
    "integration.request.querystring.TopicArn": `'${TOPIC}'`,
    "integration.request.querystring.Message": "method.request.body.name",
  },
};
const asJson: Block = {
  request_parameters: {
    "integration.request.header.Content-Type": "'application/x-amz-json-1.0'",
    "integration.request.header.X-Amz-Target": "'AmazonSQS.SendMessage'",
  },
  request_templates: {
    "application/json": `{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/Orders","MessageBody":"$input.path('$.name')"}`,
  },
};

const PATH = "sqs:path/123456789012/Orders";

describe.each<[string, string, Block, string, RegExp]>([
  [
    "a queue, in the query protocol",
    PATH,
    toQueue,
    '{"name":"Ada"}',
    /^{"SendMessageResponse":{"SendMessageResult":/,
  ],
  ["a queue, in JSON", PATH, asJson, "Ada", /^{"MessageId":"/],
  ["a topic, by an action", "sns:action/Publish", toTopic, "Ada", /^{"PublishResponse":{"PublishResult":/],
])("a method that is integrated with %s", (_name, service, integration, body, answered) => {
  const runtime = useRuntime({
    edit: ({ edge }) => {
      addTargets(edge, [QUEUE, TOPIC]);
      integrate(edge, service, integration);
    },
  });

  test("puts the message there, sent by the role's session", async () => {
    const answer = await runtime.send({ token: await runtime.token("MyUserPool1") });
    await runtime.runtime.settled();
    const { body: received } = await runtime.aws("AmazonSQS.ReceiveMessage", {
      QueueUrl: `${runtime.runtime.awsEndpointUrl}/123456789012/Orders`,
      AttributeNames: ["SenderId"],
    });

    expect([answer.status, answer.body]).toEqual([200, expect.stringMatching(answered)]);
    expect(received.Messages).toEqual([expect.objectContaining({ Body: body })]);
  });
});

describe("a role that may not send", () => {
  const runtime = useRuntime({
    edit: ({ edge }) => {
      addTargets(edge, [TOPIC]);
      integrate(edge, PATH, toQueue);
    },
  });

  test("gets the service's refusal, which selects the integration response for it", async () => {
    const answer = await runtime.send({ token: await runtime.token("MyUserPool1") });

    expect([answer.status, JSON.parse(answer.body).Error]).toEqual([
      403,
      {
        Type: "Sender",
        Code: "AccessDenied",
        Message: expect.stringMatching(/assumed-role\/Sender\/BackplaneAssumeRoleSession is not authorized/),
      },
    ]);
  });
});

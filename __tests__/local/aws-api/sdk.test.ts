import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateTopicCommand, PublishBatchCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { AwsService, CallContext } from "../../../local/aws-api/service";
import { AwsError } from "../../../local/kernel/aws-error";
import type { Members } from "../../../local/kernel/input";
import { administrator, type RunningEndpoint, startEndpoint } from "./running-endpoint";

const calls: { operation: string; input: Members; context: CallContext }[] = [];

function record(operation: string, answer: (input: Members) => Members, permission = true) {
  return {
    ...(permission && { permission: () => ({ action: "test:Call", resource: "*" }) }),
    handle(input: Members, context: CallContext) {
      calls.push({ operation, input, context });
      return answer(input);
    },
  };
}

const sns: AwsService = {
  name: "sns",
  wire: {
    protocol: "query",
    apiVersion: "2010-03-31",
    xmlNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
  },
  operations: {
    Publish: record("Publish", ({ Message }) => {
      if (Message === "lost") throw new AwsError("NotFound", "Topic does not exist", 404);
      return { MessageId: "id <1>" };
    }),
    PublishBatch: record("PublishBatch", () => ({
      Successful: [{ Id: "a", MessageId: "1" }],
      Failed: [{ Id: "b", Code: "InternalError", SenderFault: false }],
    })),
  },
};
const secrets: AwsService = {
  name: "secretsmanager",
  wire: { protocol: "json", version: "1.1", targetPrefix: "secretsmanager", messageKey: "Message" },
  operations: {
    GetSecretValue: record("GetSecretValue", () => {
      throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }),
  },
};
const logs: AwsService = {
  name: "logs",
  wire: { protocol: "json", version: "1.1", targetPrefix: "Logs_20140328", messageKey: "message" },
  operations: {
    DescribeLogGroups: record("DescribeLogGroups", () => ({
      logGroups: [{ logGroupName: "/aws/lambda/F", creationTime: 1_700_000_000_000 }],
    })),
  },
};
const cognito: AwsService = {
  name: "cognito-idp",
  wire: {
    protocol: "json",
    version: "1.1",
    targetPrefix: "AWSCognitoIdentityProviderService",
    messageKey: "message",
  },
  operations: {
    InitiateAuth: record(
      "InitiateAuth",
      () => {
        throw new AwsError("NotAuthorizedException", "Incorrect username or password.");
      },
      false,
    ),
  },
};

describe("the AWS endpoint, called by the AWS SDK for JavaScript", () => {
  let endpoint: RunningEndpoint;
  const settings = () => ({
    endpoint: endpoint.url,
    region: "us-east-1",
    credentials: administrator,
    maxAttempts: 1,
  });

  beforeAll(async () => {
    endpoint = await startEndpoint([sns, secrets, logs, cognito]);
  });
  afterAll(() => endpoint.close());
  beforeEach(() => {
    calls.length = 0;
  });

  test("SNS: members and attributes arrive as the model spells them, the answer and its request id come back", async () => {
    const client = new SNSClient(settings());

    const output = await client.send(
      new PublishCommand({
        TopicArn: "arn:aws:sns:us-east-1:123456789012:T",
        Message: "Zoë & <b>\n",
        MessageAttributes: { kind: { DataType: "String", StringValue: "a.b=c" } },
      }),
    );

    expect(output.MessageId).toBe("id <1>");
    expect(output.$metadata.requestId).toBe(calls[0]?.context.requestId);
    expect(calls[0]?.input).toEqual({
      TopicArn: "arn:aws:sns:us-east-1:123456789012:T",
      Message: "Zoë & <b>\n",
      MessageAttributes: { kind: { DataType: "String", StringValue: "a.b=c" } },
    });
    expect(calls[0]?.context.principal.kind).toBe("administrator");
    expect(calls[0]?.context.sourceIp).toBe("127.0.0.1");
  });

  test("the trace header that an SDK sends from inside a function reaches the operation", async () => {
    const trace = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1";
    const client = new SNSClient(settings());
    client.middlewareStack.add(
      (next) => async (args) => {
        Object.assign(args.request ?? {}, {
          headers: { ...Reflect.get(args.request ?? {}, "headers"), "X-Amzn-Trace-Id": trace },
        });
        return next(args);
      },
      { step: "build" },
    );

    await client.send(new PublishCommand({ TopicArn: "arn:aws:sns:us-east-1:123456789012:T", Message: "a" }));

    expect(calls[0]?.context.traceHeader).toBe(trace);
  });

  test("SNS: a batch's entries and results are lists", async () => {
    const client = new SNSClient(settings());

    const output = await client.send(
      new PublishBatchCommand({
        TopicArn: "arn:aws:sns:us-east-1:123456789012:T",
        PublishBatchRequestEntries: [
          { Id: "a", Message: "1" },
          { Id: "b", Message: "2" },
        ],
      }),
    );

    expect(calls[0]?.input.PublishBatchRequestEntries).toEqual([
      { Id: "a", Message: "1" },
      { Id: "b", Message: "2" },
    ]);
    expect(output.Successful).toEqual([{ Id: "a", MessageId: "1" }]);
    expect(output.Failed).toEqual([{ Id: "b", Code: "InternalError", SenderFault: false }]);
  });

  test("SNS: an error arrives as the SDK's exception, with status and message", async () => {
    const client = new SNSClient(settings());

    const sent = client.send(new PublishCommand({ TopicArn: "t", Message: "lost" }));

    await expect(sent).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Topic does not exist",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("SNS: an operation that the endpoint does not have is an invalid action, by name", async () => {
    const client = new SNSClient(settings());

    const sent = client.send(new CreateTopicCommand({ Name: "T" }));

    await expect(sent).rejects.toMatchObject({
      name: "InvalidAction",
      message: "The action CreateTopic is not valid for this endpoint.",
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("Secrets Manager: an error arrives as the SDK's exception", async () => {
    const client = new SecretsManagerClient(settings());

    const sent = client.send(new GetSecretValueCommand({ SecretId: "gone" }));

    await expect(sent).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret.",
    });
  });

  test("Logs: numbers stay numbers", async () => {
    const client = new CloudWatchLogsClient(settings());

    const output = await client.send(new DescribeLogGroupsCommand({ limit: 5 }));

    expect(calls[0]?.input).toEqual({ limit: 5 });
    expect(output.logGroups).toEqual([{ logGroupName: "/aws/lambda/F", creationTime: 1_700_000_000_000 }]);
  });

  test("Cognito: InitiateAuth needs no signature", async () => {
    const client = new CognitoIdentityProviderClient({ ...settings(), credentials: undefined });

    const sent = client.send(
      new InitiateAuthCommand({ AuthFlow: "USER_PASSWORD_AUTH", ClientId: "c", AuthParameters: {} }),
    );

    await expect(sent).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "Incorrect username or password.",
    });
    expect(calls[0]?.context.principal).toEqual({ kind: "anonymous" });
  });

  test("a function's issued credentials make it its role", async () => {
    const issued = endpoint.credentials.issue("arn:aws:iam::123456789012:role/service/R", "F");
    const client = new SNSClient({ ...settings(), credentials: issued });

    await client.send(new PublishCommand({ TopicArn: "t", Message: "m" }));

    expect(calls[0]?.context.principal).toMatchObject({
      kind: "role",
      arn: "arn:aws:sts::123456789012:assumed-role/R/F",
    });
  });

  test("a function's key without its session token is nobody's", async () => {
    const { accessKeyId, secretAccessKey } = endpoint.credentials.issue(
      "arn:aws:iam::123456789012:role/R",
      "F",
    );
    const client = new SecretsManagerClient({ ...settings(), credentials: { accessKeyId, secretAccessKey } });

    const sent = client.send(new GetSecretValueCommand({ SecretId: "s" }));

    await expect(sent).rejects.toMatchObject({
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    });
    expect(calls).toEqual([]);
  });
});

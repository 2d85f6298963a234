import { type AwsTool, findAwsTools, runAws } from "./support/aws-tools/aws-tool";
import { emailOf, startTestRuntime, TEST_PASSWORD, type TestRuntime } from "./support/local-runtime";

const tools = findAwsTools();
const names = tools.map(({ name }) => name);
/** `logs tail` came with version 2. */
const tailing = tools.filter(({ name }) => /^AWS CLI (?!1\.)/.test(name));

let test: TestRuntime;
const connected = new Map<string, AwsTool>();

beforeAll(async () => {
  test = await startTestRuntime();
  for (const { name, connect } of tools) connected.set(name, connect(test.runtime.awsEndpointUrl));
});

afterAll(async () => {
  for (const tool of connected.values()) await tool.close();
  await test.close();
});

function toolNamed(name: string): AwsTool {
  const tool = connected.get(name);
  if (tool === undefined) throw new Error(`${name} is not connected`);
  return tool;
}

function poolNamed(name: string): { id: string; clientId: string } {
  const pool = test.runtime.userPools.find((candidate) => candidate.name === name);
  if (pool === undefined) throw new Error(`there is no user pool ${name}`);
  return pool;
}

/** The code that Cognito would send by e-mail. */
function codeFor(email: string): string {
  const notice = test.notices.find((text) => text.includes(email));
  return /code (\d{6})$/.exec(notice ?? "")?.[1] ?? "";
}

/** The tokens of an answer to a sign-in. */
function tokensIn({ AuthenticationResult: result }: Record<string, unknown>): Record<string, string> {
  if (typeof result !== "object" || result === null) throw new Error("the answer has no tokens");
  return Object.fromEntries(Object.entries(result));
}

function listIn(answer: Record<string, unknown>, key: string): Record<string, unknown>[] {
  const list = answer[key];
  return Array.isArray(list) ? list : [];
}

it(`is tried with what this machine has: ${names.join(", ") || "neither the AWS CLI nor boto3"}`, () => {
  // With neither of them nothing below runs; the name of this test is where one reads it.
  expect(names.length).toBeLessThanOrEqual(2);
});

for (const { name } of tools)
  describe(`${name}, unmodified,`, () => {
    const id = name.toLowerCase().replace(/\W+/g, "-");
    let tool: AwsTool;

    beforeAll(() => {
      tool = toolNamed(name);
    });

    it("asks STS who it is", async () => {
      const identity = await tool.call("sts", "get-caller-identity", {});

      expect(identity).toMatchObject({
        Account: "123456789012",
        Arn: expect.stringMatching(/^arn:aws:iam::/),
      });
    });

    it("signs a user up with the code that the terminal shows, in, and in again with the refresh token", async () => {
      const { clientId: ClientId } = poolNamed("MyUserPool1");
      const Username = `${id}@example.org`;

      const signedUp = await tool.call("cognito-idp", "sign-up", {
        ClientId,
        Username,
        Password: TEST_PASSWORD,
      });
      const ConfirmationCode = codeFor(Username);
      await tool.call("cognito-idp", "confirm-sign-up", { ClientId, Username, ConfirmationCode });
      const signedIn = await tool.call("cognito-idp", "initiate-auth", {
        ClientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: Username, PASSWORD: TEST_PASSWORD },
      });
      const refreshed = await tool.call("cognito-idp", "initiate-auth", {
        ClientId,
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: tokensIn(signedIn).RefreshToken },
      });
      const { AccessToken, IdToken = "" } = tokensIn(refreshed);
      const user = await tool.call("cognito-idp", "get-user", { AccessToken });
      const answer = await test.send({ token: IdToken });

      expect(signedUp).toMatchObject({ UserConfirmed: false, UserSub: user.Username });
      expect(user.UserAttributes).toContainEqual({ Name: "email", Value: Username });
      expect(answer.status).toBe(200);
    });

    it("makes users as the administrator, one of whom has to choose a password, and removes one", async () => {
      const { id: UserPoolId, clientId: ClientId } = poolNamed("MyUserPool2");
      const [fresh, ready] = [`${id}-fresh@example.org`, `${id}-ready@example.org`];
      const create = (Username: string) =>
        tool.call("cognito-idp", "admin-create-user", {
          ...{ UserPoolId, Username, TemporaryPassword: TEST_PASSWORD, MessageAction: "SUPPRESS" },
        });
      const signIn = (USERNAME: string) =>
        tool.call("cognito-idp", "admin-initiate-auth", {
          ...{ UserPoolId, ClientId, AuthFlow: "ADMIN_USER_PASSWORD_AUTH" },
          AuthParameters: { USERNAME, PASSWORD: TEST_PASSWORD },
        });

      await Promise.all([create(fresh), create(ready)]);
      const [challenge] = await Promise.all([
        signIn(fresh),
        tool.call("cognito-idp", "admin-set-user-password", {
          ...{ UserPoolId, Username: ready, Password: TEST_PASSWORD, Permanent: true },
        }),
      ]);
      const [answered, signedIn] = await Promise.all([
        tool.call("cognito-idp", "respond-to-auth-challenge", {
          ...{ ClientId, ChallengeName: challenge.ChallengeName, Session: challenge.Session },
          ChallengeResponses: { USERNAME: fresh, NEW_PASSWORD: `${TEST_PASSWORD}-2` },
        }),
        signIn(ready),
      ]);
      await tool.call("cognito-idp", "admin-delete-user", { UserPoolId, Username: ready });

      expect(challenge.ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
      for (const tokens of [answered, signedIn])
        expect(tokensIn(tokens).IdToken).toMatch(/^[\w-]+\.[\w-]+\./);
      const { body } = await test.aws("AWSCognitoIdentityProviderService.ListUsers", { UserPoolId });
      expect(JSON.stringify(body)).toContain(fresh);
      expect(JSON.stringify(body)).not.toContain(ready);
    });

    it("reads the secret, publishes to the topic that it names, and finds the greeting in the log", async () => {
      const logGroupName = "/aws/lambda/InternalLambda";
      const text = `Hello ${id}. Greetings from InternalLambda!`;
      const query = { logGroupName, filterPattern: `"${text}"` };

      const secret = await tool.call("secretsmanager", "get-secret-value", { SecretId: "LambdaSNSTopicARN" });
      const { TOPIC_ARN: TopicArn } = JSON.parse(String(secret.SecretString));
      const published = await tool.call("sns", "publish", { TopicArn, Message: id });
      await test.runtime.settled();
      const [found, groups, streams] = await Promise.all([
        tool.call("logs", "filter-log-events", query),
        tool.call("logs", "describe-log-groups", { logGroupNamePrefix: "/aws/lambda/" }),
        tool.call("logs", "describe-log-streams", { logGroupName }),
      ]);
      const [event] = listIn(found, "events");
      const logStreamName = event?.logStreamName;
      const read = await tool.call("logs", "get-log-events", { logGroupName, logStreamName });

      expect(published.MessageId).toMatch(/^[\da-f-]{36}$/);
      expect(event?.message).toContain(text);
      expect(groups.logGroups).toContainEqual(expect.objectContaining({ logGroupName }));
      expect(streams.logStreams).toContainEqual(expect.objectContaining({ logStreamName }));
      expect(listIn(read, "events").map(({ message }) => String(message).split(" ")[0])).toEqual(
        expect.arrayContaining(["START", "END", "REPORT"]),
      );
    });

    it("receives and deletes a message of the dead-letter queue", async () => {
      const { body } = await test.aws("AmazonSQS.ListQueues", {});
      const [QueueUrl] = Array.isArray(body.QueueUrls) ? body.QueueUrls : [];
      await test.aws("AmazonSQS.SendMessage", { QueueUrl, MessageBody: id });

      const received = await tool.call("sqs", "receive-message", { QueueUrl });
      const [message] = listIn(received, "Messages");
      await tool.call("sqs", "delete-message", { QueueUrl, ReceiptHandle: message?.ReceiptHandle });

      const counted = await test.aws("AmazonSQS.GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] });
      expect(message?.Body).toBe(id);
      expect(counted.body.Attributes).toMatchObject({
        ApproximateNumberOfMessages: "0",
        ApproximateNumberOfMessagesNotVisible: "0",
      });
    });

    it("sees the requests that the web ACL counted", async () => {
      await test.send({ path: `/development/${id}` });
      const { body } = await test.aws("AWSWAF_20190729.ListWebACLs", { Scope: "REGIONAL" });

      const sampled = await tool.call("wafv2", "get-sampled-requests", {
        WebAclArn: listIn(body, "WebACLs")[0]?.ARN,
        RuleMetricName: "SecureLambdaWebACL-SourceIp",
        Scope: "REGIONAL",
        TimeWindow: {
          StartTime: new Date(Date.now() - 600_000).toISOString(),
          EndTime: new Date(Date.now() + 1000).toISOString(),
        },
        MaxItems: 100,
      });

      expect(sampled.SampledRequests).toContainEqual(
        expect.objectContaining({
          Action: "COUNT",
          Request: expect.objectContaining({ ClientIP: "127.0.0.1", URI: `/development/${id}` }),
        }),
      );
    });

    it("invokes a function", async () => {
      const payload = await tool.invoke("ExternalLambda1");

      expect(JSON.parse(payload)).toMatchObject({ statusCode: 400 });
    });

    it("finds the API and tests a method of it without a token", async () => {
      const apis = await tool.call("apigateway", "get-rest-apis", {});
      const [api] = listIn(apis, "items");
      const resources = await tool.call("apigateway", "get-resources", { restApiId: api?.id });
      const resource = listIn(resources, "items").find((item) => item.path === "/lambda1");

      const tested = await tool.call("apigateway", "test-invoke-method", {
        restApiId: api?.id,
        resourceId: resource?.id,
        httpMethod: "POST",
        body: JSON.stringify({ name: id }),
        headers: { "Content-Type": "application/json" },
      });

      expect(api?.name).toBe("SecureLambdaAPI");
      expect(tested.status).toBe(200);
      expect(JSON.parse(String(tested.body)).message).toBe(
        `Hello ${id}. Greetings from ExternalLambda1! Message forwarded to InternalLambda.`,
      );
    });
  });

for (const { name } of tools.slice(-1))
  describe(`${name} says, as it would of AWS,`, () => {
    let tool: AwsTool;

    beforeAll(() => {
      tool = toolNamed(name);
    });

    it.each([
      ["secretsmanager", "delete-secret", { SecretId: "LambdaSNSTopicARN" }, /DeleteSecret/],
      ["sns", "create-topic", { Name: "T" }, /CreateTopic/],
      ["sqs", "create-queue", { QueueName: "Q" }, /CreateQueue/],
      ["logs", "create-log-group", { logGroupName: "G" }, /CreateLogGroup/],
      ["cognito-idp", "create-user-pool", { PoolName: "P" }, /CreateUserPool/],
      ["lambda", "list-layers", {}, /GET \/2018-10-31\/layers/],
      ["apigateway", "create-rest-api", { name: "A" }, /POST \/restapis/],
    ])("which operation is not there: %s %s", async (service, operation, input, named) => {
      const call = tool.call(service, operation, input);

      await expect(call).rejects.toThrow(named);
      await expect(call).rejects.toThrow(/^An error occurred \(\w+\) when calling the \w+ operation: /);
    });

    it("that a password is wrong", async () => {
      const refused = tool.call("cognito-idp", "initiate-auth", {
        ClientId: poolNamed("MyUserPool1").clientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: emailOf("MyUserPool1"), PASSWORD: "wrong" },
      });

      await expect(refused).rejects.toThrow(
        "An error occurred (NotAuthorizedException) when calling the InitiateAuth operation: Incorrect username or password.",
      );
    });

    it("that a function is not there", async () => {
      await expect(tool.invoke("ExternalLambda9")).rejects.toThrow(
        "An error occurred (ResourceNotFoundException) when calling the Invoke operation: Function not found: arn:aws:lambda:us-east-1:123456789012:function:ExternalLambda9",
      );
    });
  });

for (const { name } of tailing)
  describe(`${name}, with a command that calls several operations,`, () => {
    it("shows what a function logs", async () => {
      await test.send({ token: await test.token("MyUserPool1"), body: { name: "Tail" } });
      const words = ["logs", "tail", "/aws/lambda/InternalLambda", "--since", "10m"];

      await test.runtime.settled();
      const text = await runAws(test.runtime.awsEndpointUrl, words);

      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\S+ \S+ .*Hello Tail\. Greetings from InternalLambda!/m);
    });
  });

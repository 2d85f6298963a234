import type { AwsService } from "../../../local/aws-api/service";
import { bindService } from "../../../local/aws-api/service";
import { AwsError } from "../../../local/kernel/aws-error";
import type { Members } from "../../../local/kernel/input";
import { sqs as realSqs } from "../../../local/services/sqs/service";
import { sts } from "../../../local/services/sts/service";
import { type RunningEndpoint, signedFor, startEndpoint } from "./running-endpoint";

const echo = {
  permission: () => ({ action: "test:Call", resource: "*" }),
  handle: (input: Members) => input,
};

const sqs: AwsService = {
  name: "sqs",
  wire: realSqs.wire,
  operations: {
    ReceiveMessage: {
      ...echo,
      handle: () => {
        throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
      },
    },
    DeleteMessage: {
      ...echo,
      handle: () => {
        throw new Error("a secret detail");
      },
    },
    SendMessage: echo,
  },
};
const lambda: AwsService = {
  name: "lambda",
  wire: { protocol: "rest-json", messageKey: "Message" },
  operations: {
    Invoke: {
      ...echo,
      route: {
        method: "POST",
        path: "/2015-03-31/functions/{FunctionName}/invocations",
        payloadMember: "Payload",
        headers: { "x-amz-invocation-type": "InvocationType" },
        answer: {
          payloadMember: "Payload",
          headers: { FunctionError: "X-Amz-Function-Error" },
          status: "StatusCode",
        },
      },
      handle: ({ FunctionName, InvocationType, Payload, Qualifier }) => ({
        StatusCode: 202,
        FunctionError: "Unhandled",
        Payload: JSON.stringify({ FunctionName, InvocationType, Qualifier, payload: String(Payload) }),
      }),
    },
    GetFunction: {
      route: { method: "GET", path: "/2015-03-31/functions/{FunctionName}" },
      permission: () => {
        throw new AwsError("ResourceNotFoundException", "Function not found: x", 404, { Type: "User" });
      },
      handle: () => ({}),
    },
    ListFunctions: { ...echo, route: { method: "GET", path: "/2015-03-31/functions" } },
  },
};

describe("the AWS endpoint", () => {
  let endpoint: RunningEndpoint;

  beforeAll(async () => {
    endpoint = await startEndpoint([sqs, lambda, bindService(sts, undefined)]);
  });
  afterAll(() => endpoint.close());

  const json = (target: string, body = "{}", headers: Record<string, string> = {}) =>
    fetch(`${endpoint.url}/`, {
      method: "POST",
      body,
      headers: { "X-Amz-Target": target, Authorization: signedFor("sqs"), ...headers },
    });
  const rest = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
    fetch(`${endpoint.url}${path}`, {
      method,
      body,
      headers: { Authorization: signedFor("lambda"), ...headers },
    });
  const query = (form: Record<string, string>, authorization: string | undefined) =>
    fetch(`${endpoint.url}/`, {
      method: "POST",
      body: new URLSearchParams(form),
      headers: authorization === undefined ? {} : { Authorization: authorization },
    });

  test.each(["AmazonSQS.CreateQueue", "AmazonSQS.constructor", "DynamoDB_20120810.ListTables", "ListTables"])(
    "JSON: %s is an unknown operation, named in the message",
    async (target) => {
      const response = await json(target);

      expect(response.status).toBe(400);
      expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
      expect(await response.json()).toEqual({
        __type: "UnknownOperationException",
        message: `The operation ${target} is not one that this endpoint has.`,
      });
    },
  );

  test("JSON: an unknown service is answered in the version it was called in", async () => {
    const response = await json("DynamoDB_20120810.ListTables", "{}", {
      "Content-Type": "application/x-amz-json-1.0",
    });

    expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.0");
  });

  test("query: an unknown service is an invalid action", async () => {
    const response = await query({ Action: "DescribeRegions", Version: "2016-11-15" }, signedFor("ec2"));

    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(
      /^<ErrorResponse><Error><Type>Sender<\/Type><Code>InvalidAction<\/Code><Message>The action DescribeRegions is not valid for this endpoint\.<\/Message><\/Error><RequestId>[0-9a-f-]{36}<\/RequestId><\/ErrorResponse>$/,
    );
  });

  test("REST: an unknown path is an unknown operation of the service it is signed for", async () => {
    const response = await rest("DELETE", "/2015-03-31/functions/F");

    expect(response.status).toBe(404);
    expect(response.headers.get("x-amzn-errortype")).toBe("UnknownOperationException");
    expect(await response.json()).toEqual({
      Message: "The operation DELETE /2015-03-31/functions/F of lambda is not one that this endpoint has.",
    });
  });

  test.each([
    ["s3", "GET", "/"],
    ["s3", "PUT", "/bucket/key"],
    ["route53", "GET", "/2013-04-01/hostedzone"],
    ["cloudfront", "GET", "/2020-05-31/distribution"],
  ])(
    "REST with XML: what is not there of %s is named in XML, as its SDKs read it",
    async (service, method, path) => {
      const response = await fetch(`${endpoint.url}${path}`, {
        method,
        headers: { Authorization: signedFor(service) },
      });

      expect([response.status, response.headers.get("content-type")]).toEqual([404, "text/xml"]);
      expect(await response.text()).toContain(
        `<Error><Type>Sender</Type><Code>UnknownOperationException</Code><Message>The operation ${method} ${path} of ${service} is not one that this endpoint has.</Message></Error>`,
      );
    },
  );

  test.each([
    ["/", "Action=ListQueues&Version=2012-11-05"],
    ["/123456789012/names", "Action=ListQueues"],
  ])(
    "SQS: an action that is not there is named in the protocol of its former SDKs, at %s",
    async (path, body) => {
      const response = await fetch(`${endpoint.url}${path}`, {
        method: "POST",
        headers: { Authorization: signedFor("sqs"), "Content-Type": "application/x-www-form-urlencoded" },
        body,
      });

      expect([response.status, response.headers.get("content-type")]).toEqual([400, "text/xml"]);
      expect(await response.text()).toContain(
        "<Code>InvalidAction</Code><Message>The action ListQueues is not valid for this endpoint.</Message>",
      );
    },
  );

  test("CBOR: what is not there is named in CBOR, as SDKs of CloudWatch read it", async () => {
    const path = "/service/GraniteServiceVersion20100801/operation/GetMetricData";
    const response = await fetch(`${endpoint.url}${path}`, {
      method: "POST",
      headers: { Authorization: signedFor("monitoring"), "smithy-protocol": "rpc-v2-cbor" },
    });
    const message =
      "The operation GetMetricData of GraniteServiceVersion20100801 is not one that this endpoint has.";

    expect([response.status, response.headers.get("smithy-protocol")]).toEqual([404, "rpc-v2-cbor"]);
    // RFC 8949: a map of two, four texts, two of them with their length in a byte of its own.
    expect(Buffer.from(await response.arrayBuffer()).toString("latin1")).toBe(
      `\xa2\x66__type\x78\x19UnknownOperationException\x67message\x78${String.fromCharCode(message.length)}${message}`,
    );
  });

  test("SQS: the error's code of the query protocol is in the header that botocore reads", async () => {
    const response = await json("AmazonSQS.ReceiveMessage");

    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.0");
    expect(response.headers.get("x-amzn-query-error")).toBe("AWS.SimpleQueueService.NonExistentQueue;Sender");
    expect(await response.json()).toEqual({
      __type: "QueueDoesNotExist",
      message: "The specified queue does not exist.",
    });
  });

  test("a service that fails without an AWS error is an internal failure, its message for the runtime alone", async () => {
    const response = await json("AmazonSQS.DeleteMessage");

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("a secret detail");
    expect(endpoint.errors).toContainEqual(new Error("a secret detail"));
  });

  test.each(["{", "[]", "null", '"text"', `${'{"a":'.repeat(100_000)}`])(
    "JSON: a body that is not an object is refused: %.9s",
    async (body) => {
      const response = await json("AmazonSQS.SendMessage", body);

      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ __type: "SerializationException" });
    },
  );

  test("JSON: a member named __proto__ stays a member", async () => {
    const response = await json("AmazonSQS.SendMessage", '{"__proto__":{"polluted":1}}');

    expect(await response.text()).toBe('{"__proto__":{"polluted":1}}');
  });

  test("REST: path, query, header and payload become members, the answer's become status, header and body", async () => {
    const arn = encodeURIComponent("arn:aws:lambda:us-east-1:123456789012:function:F");

    const response = await rest(
      "POST",
      `/2015-03-31/functions/${arn}/invocations?Qualifier=live`,
      '{"a":1}',
      {
        "X-Amz-Invocation-Type": "Event",
      },
    );

    expect(response.status).toBe(202);
    expect(response.headers.get("x-amz-function-error")).toBe("Unhandled");
    expect(await response.json()).toEqual({
      FunctionName: "arn:aws:lambda:us-east-1:123456789012:function:F",
      InvocationType: "Event",
      Qualifier: "live",
      payload: '{"a":1}',
    });
  });

  test("REST: what the query string says never replaces the resource that the path names", async () => {
    const response = await rest("POST", "/2015-03-31/functions/F/invocations?FunctionName=G", "{}");

    expect(await response.json()).toMatchObject({ FunctionName: "F" });
  });

  test("REST: parameters sent several times are a list, a slash at the end does not count", async () => {
    const response = await rest("GET", "/2015-03-31/functions/?MaxItems=1&Tag=a&Tag=b");

    expect(await response.json()).toEqual({ MaxItems: "1", Tag: ["a", "b"] });
  });

  test("REST: a broken percent-encoding is the client's error", async () => {
    const response = await rest("POST", "/2015-03-31/functions/%E0%A4/invocations", "{}");

    expect(response.status).toBe(400);
    expect(response.headers.get("x-amzn-errortype")).toBe("BadRequestException");
  });

  test("REST: an error's further members are in the body", async () => {
    const response = await rest("GET", "/2015-03-31/functions/F");

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ Message: "Function not found: x", Type: "User" });
  });

  test.each([
    [
      "JSON",
      () => json("AmazonSQS.SendMessage", "{}", { Authorization: "" }),
      '"MissingAuthenticationTokenException"',
    ],
    [
      "query",
      () => query({ Action: "GetCallerIdentity", Version: "2011-06-15" }, undefined),
      ">MissingAuthenticationToken<",
    ],
    [
      "a bearer token",
      () => json("AmazonSQS.SendMessage", "{}", { Authorization: "Bearer x" }),
      '"MissingAuthenticationTokenException"',
    ],
    [
      "a broken signature",
      () => json("AmazonSQS.SendMessage", "{}", { Authorization: "AWS4-HMAC-SHA256 x" }),
      '"IncompleteSignatureException"',
    ],
    [
      "a credential in pieces",
      () => query({ Action: "GetCallerIdentity", Version: "2011-06-15" }, "AWS4-HMAC-SHA256 Credential=AKID"),
      ">IncompleteSignature<",
    ],
    ["REST", () => fetch(`${endpoint.url}/2015-03-31/functions`), "Request is missing Authentication Token"],
  ])("refuses a call without a signature: %s", async (_name, call, code) => {
    const response = await call();

    expect(response.status).toBe(403);
    expect(await response.text()).toContain(code);
  });

  test("STS says who calls", async () => {
    const issued = endpoint.credentials.issue("arn:aws:iam::123456789012:role/R", "ExternalLambda1");

    const administrator = await query(
      { Action: "GetCallerIdentity", Version: "2011-06-15" },
      signedFor("sts"),
    );
    const presigned = await fetch(
      `${endpoint.url}/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=${issued.accessKeyId}%2F20260101%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Security-Token=${encodeURIComponent(issued.sessionToken)}`,
    );
    const stolenKey = await query(
      { Action: "GetCallerIdentity", Version: "2011-06-15" },
      signedFor("sts", issued.accessKeyId),
    );

    expect(await administrator.text()).toMatch(
      /^<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user\/local-administrator<\/Arn><UserId>AIDA[A-Z2-7]{17}<\/UserId><Account>123456789012<\/Account><\/GetCallerIdentityResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/GetCallerIdentityResponse>$/,
    );
    expect(await presigned.text()).toMatch(
      /<Arn>arn:aws:sts::123456789012:assumed-role\/R\/ExternalLambda1<\/Arn><UserId>AROA[A-Z2-7]{17}:ExternalLambda1</,
    );
    expect(stolenKey.status).toBe(403);
    expect(await stolenKey.text()).toContain("<Code>InvalidClientTokenId</Code>");
  });

  test("a request over 10 MB is refused", async () => {
    const response = await json("AmazonSQS.SendMessage", `{"a":"${"x".repeat(10 * 1024 * 1024)}"}`);

    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ __type: "RequestEntityTooLargeException" });
  });
});

describe("the AWS endpoint's order of checks", () => {
  test("no operation runs, and no fault strikes, before the caller is allowed", async () => {
    const steps: string[] = [];
    const service: AwsService = {
      ...sqs,
      operations: {
        SendMessage: {
          permission: () => ({ action: "sqs:SendMessage", resource: "arn:q" }),
          handle: () => {
            steps.push("handle");
            return {};
          },
        },
      },
    };
    const endpoint = await startEndpoint([service], {
      accessControl: {
        isAllowed: async () => false,
        authorize: async ({ principal, action, resource }) => {
          steps.push(`${principal.kind} ${action} ${resource}`);
          throw new AwsError("AccessDeniedException", "User: x is not authorized");
        },
      },
      faults: { strike: async () => void steps.push("strike") },
    });

    const response = await fetch(endpoint.url, {
      method: "POST",
      headers: { "X-Amz-Target": "AmazonSQS.SendMessage", Authorization: signedFor("sqs") },
    });
    await endpoint.close();

    expect(steps).toEqual(["administrator sqs:SendMessage arn:q"]);
    expect(response.headers.get("x-amzn-query-error")).toBe("AccessDenied;Sender");
    expect(await response.json()).toEqual({
      __type: "AccessDeniedException",
      message: "User: x is not authorized",
    });
  });

  test("a fault strikes the service by name, before it does its work", async () => {
    const endpoint = await startEndpoint([sqs], {
      faults: {
        strike: async (service) => {
          throw new AwsError("InternalFailure", `${service} failed`, 500);
        },
      },
    });

    const response = await fetch(endpoint.url, {
      method: "POST",
      headers: { "X-Amz-Target": "AmazonSQS.SendMessage", Authorization: signedFor("sqs") },
    });
    await endpoint.close();

    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ __type: "InternalFailure", message: "sqs failed" });
  });
});

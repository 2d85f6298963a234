import type { AwsService } from "../../../local/aws-api/service";
import { sqs as sqsDefinition } from "../../../local/services/sqs/service";
import { type RunningEndpoint, signedFor, startEndpoint } from "../aws-api/running-endpoint";
import { exchange, statusOf } from "./raw-client";

const apigateway: AwsService = {
  name: "apigateway",
  wire: { protocol: "rest-json", messageKey: "message" },
  operations: {
    GetRestApis: { route: { method: "GET", path: "/restapis" }, handle: () => ({ item: [] }) },
  },
};
const sqs: AwsService = {
  name: "sqs",
  wire: sqsDefinition.wire,
  operations: { ReceiveMessage: { handle: () => ({ Messages: [] }) } },
};

describe("the dispatcher", () => {
  let endpoint: RunningEndpoint;

  beforeAll(async () => {
    endpoint = await startEndpoint([apigateway, sqs]);
  });
  afterAll(() => endpoint.close());

  async function answerer(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
    const response = await fetch(`${endpoint.url}${path}`, { method, headers, body });
    const text = await response.text();
    if (response.headers.get("x-answered-by") === "edge") return "edge";
    if (response.headers.has("x-amzn-requestid")) return "aws";
    return text;
  }
  const target = { "X-Amz-Target": "AmazonSQS.ReceiveMessage" };
  const form = { "Content-Type": "application/x-www-form-urlencoded" };

  test.each([
    ["a JSON call", "POST", "/", target],
    ["a call to a queue's URL", "POST", "/123456789012/queue.fifo", target],
    ["a REST call", "GET", "/restapis", {}],
    ["a signed call of an operation that is not there", "PUT", "/bucket", { Authorization: signedFor("s3") }],
    ["a presigned call", "GET", "/?Action=GetCallerIdentity", {}],
  ])("gives the AWS endpoint %s", async (_name, method, path, headers) => {
    expect(await answerer(method, path, headers)).toBe("aws");
  });

  test("gives the AWS endpoint a form with an action", async () => {
    expect(await answerer("POST", "/", form, "Action=Publish")).toBe("aws");
  });

  test.each([
    ["a request to a stage", "POST", "/development/lambda1", {}],
    ["a request to a stage that names an AWS operation", "POST", "/development/lambda1", target],
    [
      "a request to a stage that is signed for a service",
      "POST",
      "/development/lambda1",
      { Authorization: signedFor("sqs") },
    ],
    [
      "a request to a stage that carries a broken signature",
      "POST",
      "/development/lambda1",
      { Authorization: "AWS4-HMAC-SHA256 x" },
    ],
    ["a request signed for a stage", "POST", "/other/lambda1", { Authorization: signedFor("execute-api") }],
    ["an unknown path", "GET", "/nothing", {}],
    ["the root", "GET", "/", {}],
    ["an operation's name on a path of no queue", "POST", "/other/lambda1", target],
  ])("gives the edge %s", async (_name, method, path, headers) => {
    expect(await answerer(method, path, headers)).toBe("edge");
  });

  test("gives the edge a form for a stage", async () => {
    expect(await answerer("POST", "/development/lambda1?Action=Publish", form, "Action=Publish")).toBe(
      "edge",
    );
  });

  test("serves a pool's keys", async () => {
    expect(await answerer("GET", "/us-east-1_abc/.well-known/jwks.json")).toBe('{"keys":[]}');
    expect(await answerer("POST", "/us-east-1_abc/.well-known/jwks.json")).toBe("edge");
    expect(await answerer("GET", "/us-east-1_other/.well-known/jwks.json")).toBe("edge");
  });

  test.each([
    ["127.0.0.1", 200],
    ["localhost", 200],
    ["LOCALHOST", 200],
    ["[::1]", 200],
    ["attacker.example", 403],
    ["127.0.0.1.attacker.example", 403],
    ["localhost.attacker.example", 403],
    ["169.254.169.254", 403],
  ])("a request for the host %s is answered with %i, by whichever part", async (host, status) => {
    const named = `Host: ${host}:${endpoint.port}`;

    const edge = await exchange(
      endpoint.port,
      `GET /development/a HTTP/1.1\r\n${named}\r\nConnection: close\r\n\r\n`,
    );
    const aws = await exchange(
      endpoint.port,
      `GET /restapis HTTP/1.1\r\n${named}\r\nConnection: close\r\n\r\n`,
    );

    expect([statusOf(edge), statusOf(aws)]).toEqual([status, status]);
  });

  test("refuses a host with another port, or none", async () => {
    const port = await exchange(
      endpoint.port,
      "GET /restapis HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n",
    );
    const none = await exchange(
      endpoint.port,
      "GET /restapis HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    );

    expect([statusOf(port), statusOf(none)]).toEqual([403, 403]);
  });

  test("refuses two hosts, and none in HTTP/1.0", async () => {
    const host = `Host: localhost:${endpoint.port}`;

    const two = await exchange(
      endpoint.port,
      `GET / HTTP/1.1\r\n${host}\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    const none = await exchange(endpoint.port, "GET / HTTP/1.0\r\n\r\n");

    expect([statusOf(two), statusOf(none)]).toEqual([400, 400]);
  });

  test("a page of another site cannot call AWS, a page on loopback can, and the edge leaves it to the API", async () => {
    const foreign = { Origin: "https://attacker.example" };
    const opaque = { Origin: "null" };
    const local = { Origin: "http://localhost:5173" };

    expect(await answerer("GET", "/restapis", foreign)).toBe('{"message":"Forbidden"}');
    expect(await answerer("GET", "/restapis", opaque)).toBe('{"message":"Forbidden"}');
    expect(await answerer("GET", "/restapis", { Origin: "http://localhost.attacker.example" })).toBe(
      '{"message":"Forbidden"}',
    );
    expect(await answerer("GET", "/restapis", local)).toBe("aws");
    expect(await answerer("GET", "/development/a", foreign)).toBe("edge");
  });
});

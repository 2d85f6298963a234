import fc from "fast-check";
import { parseProxyResponse } from "../../../../local/services/apigateway/edge/proxy-response";
import { Bench, baseResources, fails, headersOf, lambdaMethod, resource, succeeds, textOf } from "./fixture";

const parse = (answer: unknown, types: readonly string[] = [], accept?: string) =>
  parseProxyResponse(typeof answer === "string" ? answer : JSON.stringify(answer), types, accept);

test.each([
  ["null", "null"],
  ["a string", '"hello"'],
  ["a list", "[]"],
  ["no JSON", "{"],
  ["another member", { statusCode: 200, message: "x" }],
  ["a status that is not a number", { statusCode: "two hundred" }],
  ["a status that is not an integer", { statusCode: 200.5 }],
  ["a status that is not a final one", { statusCode: 101 }],
  ["a status beyond HTTP's", { statusCode: 600 }],
  ["headers that are not a map", { headers: "x" }],
  ["a header that is a map", { headers: { a: {} } }],
  ["a header that is null", { headers: { a: null } }],
  ["a header with a line break", { headers: { a: "b\r\nSet-Cookie: c" } }],
  ["a header name with a space", { headers: { "a b": "c" } }],
  ["multi-value headers that are a list", { multiValueHeaders: [] }],
  ["a body that is an object", { body: { message: "x" } }],
  ["a body that is a number", { body: 7 }],
  ["isBase64Encoded as text", { isBase64Encoded: "true" }],
  ["an answer above 6 MB", { body: "x".repeat(6_300_000) }],
])("is malformed: %s", (_name, answer) => {
  expect(typeof parse(answer)).toBe("string");
});

test.each([
  [{}, 200, ""],
  [{ statusCode: 201 }, 201, ""],
  [{ statusCode: "404", body: "gone" }, 404, "gone"],
  [{ statusCode: null, body: null, headers: null, multiValueHeaders: null, isBase64Encoded: null }, 200, ""],
])("is read: %j", (answer, status, body) => {
  const response = parse(answer);

  expect(response).toEqual({
    status,
    headers: [["Content-Type", "application/json"]],
    body: Buffer.from(body),
  });
});

test("headers are scalars, and a name in both maps has the values of both", () => {
  const response = parse({
    headers: { "Content-Type": "text/plain", "X-A": 1, "X-B": true, "set-cookie": "old" },
    multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] },
  });

  expect(response).toMatchObject({
    headers: [
      ["Content-Type", "text/plain"],
      ["X-A", "1"],
      ["X-B", "true"],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
      ["Set-Cookie", "old"],
    ],
  });
});

test("renames and drops headers as AWS does", () => {
  const response = parse({
    headers: {
      Connection: "close",
      Date: "today",
      Server: "mine",
      "www-authenticate": "Basic",
      "Transfer-Encoding": "chunked",
      "x-amzn-RequestId": "forged",
    },
  });

  expect(response).toMatchObject({
    headers: [
      ["Content-Type", "application/json"],
      ["x-amzn-Remapped-Connection", "close"],
      ["x-amzn-Remapped-Date", "today"],
      ["x-amzn-Remapped-Server", "mine"],
      ["x-amzn-Remapped-www-authenticate", "Basic"],
    ],
  });
});

test("base64 is decoded when the first accepted media type is binary, else it is sent as it is", () => {
  const answer = { body: "/wA=", isBase64Encoded: true };
  const bodyOf = (types: readonly string[], accept?: string) => {
    const response = parse(answer, types, accept);
    return typeof response === "string" ? response : response.body.toString("hex");
  };

  expect(bodyOf(["image/*"], "image/png,text/html")).toBe("ff00");
  expect(bodyOf(["*/*"])).toBe("ff00");
  expect(bodyOf(["image/*"], "text/html,image/png")).toBe(Buffer.from("/wA=").toString("hex"));
  expect(bodyOf([], "image/png")).toBe(Buffer.from("/wA=").toString("hex"));
});

test("whatever a function answers, it is a final response with sound headers, or malformed", () => {
  const header = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(null)));
  const answer = fc.record(
    {
      statusCode: fc.oneof(fc.integer(), fc.string(), fc.double()),
      headers: fc.oneof(header, fc.string()),
      multiValueHeaders: fc.dictionary(fc.string(), fc.array(fc.string())),
      body: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
      isBase64Encoded: fc.oneof(fc.boolean(), fc.string()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        answer.map((value) => JSON.stringify(value)),
        fc.json(),
        fc.string(),
      ),
      (payload) => {
        const response = parseProxyResponse(payload, ["*/*"], undefined);
        if (typeof response === "string") return;

        expect(response.status).toBeGreaterThanOrEqual(200);
        expect(response.status).toBeLessThan(600);
        for (const [name, value] of response.headers) {
          expect(name).toMatch(/^[!#$%&'*+.^_`|~\w-]+$/);
          expect(value).not.toMatch(/[\r\n]/);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test("a function cannot forge the request's identifiers", async () => {
  const bench = new Bench();
  bench.answer = succeeds({ headers: { "x-amzn-requestid": "forged", "X-Amz-Apigw-Id": "forged" } });

  const response = await bench.send();

  expect(response.headers.map(([, value]) => value)).not.toContain("forged");
});

test.each(["HEAD", "GET"])("%s of a 200: a HEAD's answer has no body", async (method) => {
  const bench = new Bench({
    ...baseResources(),
    ...resource("open", "res002"),
    ...lambdaMethod("open", "res002", "ANY"),
  });

  const response = await bench.send({ method, target: "/development/open", headers: [], body: "" });

  expect([response.status, textOf(response) === ""]).toEqual([200, method === "HEAD"]);
  expect(headersOf(response)["content-type"]).toBe("application/json");
});

test("a 204 has no body", async () => {
  const bench = new Bench();
  bench.answer = succeeds({ statusCode: 204, body: "ignored" });

  expect(textOf(await bench.send())).toBe("");
});

test("a HEAD's failure has no body either", async () => {
  const bench = new Bench();
  bench.answer = fails("error");

  expect(textOf(await bench.send({ method: "HEAD", headers: [] }))).toBe("");
});

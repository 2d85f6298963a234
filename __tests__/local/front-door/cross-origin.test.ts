import { emailOf, startTestRuntime, TEST_PASSWORD, type TestRuntime } from "../../support/local-runtime";

const page = "http://localhost:5173";
let test: TestRuntime;

beforeAll(async () => {
  test = await startTestRuntime();
});

afterAll(() => test.close());

function ask(origin: string, headers: string): Promise<Response> {
  return fetch(test.runtime.awsEndpointUrl, {
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": headers,
    },
  });
}

function call(target: string, input: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(test.runtime.awsEndpointUrl, {
    method: "POST",
    headers: {
      Origin: page,
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": target,
      ...headers,
    },
    body: JSON.stringify(input),
  });
}

const cognito = (operation: string) => `AWSCognitoIdentityProviderService.${operation}`;
const origin = ({ headers }: Response) => headers.get("access-control-allow-origin");

it("lets a page on this machine ask for what the libraries send", async () => {
  const asked =
    "amz-sdk-invocation-id,amz-sdk-request,cache-control,content-type,x-amz-target,x-amz-user-agent";

  const answer = await ask(page, asked);

  expect([answer.status, origin(answer)]).toEqual([200, page]);
  expect(answer.headers.get("access-control-allow-headers")).toBe(asked.replaceAll(",", ", "));
});

it.each([
  ["a page of another machine", "https://evil.example", "content-type,x-amz-target"],
  ["a signature", page, "authorization,content-type,x-amz-target"],
  ["what is not a call", page, "content-type"],
])("does not let %s through", async (_what, from, headers) => {
  const answer = await ask(from, headers);

  expect([answer.status, origin(answer)]).toEqual([403, null]);
});

it("lets a page read answers and errors of the operations that need no signature", async () => {
  const pool = test.runtime.userPools.find(({ name }) => name === "MyUserPool1");
  const signIn = (PASSWORD: string) =>
    call(cognito("InitiateAuth"), {
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: pool?.clientId,
      AuthParameters: { USERNAME: emailOf("MyUserPool1"), PASSWORD },
    });
  const [right, wrong] = [await signIn(TEST_PASSWORD), await signIn("wrong-Horse-7-battery")];

  expect([right.status, origin(right), wrong.status, origin(wrong)]).toEqual([200, page, 400, page]);
  expect(wrong.headers.get("access-control-expose-headers")).toContain("x-amzn-ErrorType");
});

it("does not let a page read what an administrator or another service answers", async () => {
  const Authorization =
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0";
  const answers = [
    await call(cognito("ListUserPools"), { MaxResults: 1 }, { Authorization }),
    await call("secretsmanager.ListSecrets", {}, { Authorization }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(answers.map(origin)).toEqual([null, null]);
});

it("lets a page read the pools' keys and configuration, and no page of another machine", async () => {
  const [pool] = test.runtime.userPools;
  const get = (document: string, from: string) =>
    fetch(`${test.runtime.awsEndpointUrl}/${pool?.id}/.well-known/${document}`, {
      headers: { Origin: from },
    });

  for (const document of ["jwks.json", "openid-configuration"]) {
    expect(origin(await get(document, page))).toBe(page);
    expect(origin(await get(document, "https://evil.example"))).toBeNull();
  }
});

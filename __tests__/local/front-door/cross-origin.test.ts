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

describe("the endpoints of the login page", () => {
  const endpoint = (name: string) => {
    const [pool] = test.runtime.userPools;
    return `${pool?.loginPageUrl?.split("/login?")[0]}/oauth2/${name}`;
  };
  const askFor = (name: string, method: string, headers: string, from = page) =>
    fetch(endpoint(name), {
      method: "OPTIONS",
      headers: {
        Origin: from,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
      },
    });

  it.each([
    ["token", "POST", "authorization,content-type"],
    ["token", "POST", "content-type,x-amz-user-agent"],
    ["userInfo", "GET", "authorization"],
    ["revoke", "POST", "content-type"],
  ])("let a page on this machine ask for %s by %s with %s", async (name, method, headers) => {
    const answer = await askFor(name, method, headers);

    expect([answer.status, origin(answer)]).toEqual([200, page]);
    expect(answer.headers.get("access-control-allow-methods")).toBe(method);
  });

  it.each([
    ["a page of another machine", "token", "POST", "content-type", "https://evil.example"],
    ["another method", "token", "PUT", "content-type", page],
    ["another header", "token", "POST", "x-evil", page],
  ])("do not let %s through", async (_what, name, method, headers, from) => {
    const answer = await askFor(name, method, headers, from);

    expect([answer.ok, origin(answer)]).toEqual([false, null]);
  });

  it("let a page on this machine read answers and errors, and see why a token was refused", async () => {
    const token = await fetch(endpoint("token"), {
      method: "POST",
      headers: { Origin: page },
      body: new URLSearchParams({ grant_type: "refresh_token", client_id: "nobody" }),
    });
    const userInfo = await fetch(endpoint("userInfo"), { headers: { Origin: page } });

    expect([token.status, origin(token), userInfo.status, origin(userInfo)]).toEqual([400, page, 400, page]);
    expect(userInfo.headers.get("access-control-expose-headers")).toBe("WWW-Authenticate");
  });

  it("do not let a page of another origin read the forms", async () => {
    const [pool] = test.runtime.userPools;
    const answer = await fetch(pool?.loginPageUrl ?? "", { headers: { Origin: page } });

    expect([answer.status, origin(answer)]).toEqual([200, null]);
  });
});

it("tells where everything is, with the tokens' own issuer", async () => {
  const [pool] = test.runtime.userPools;
  const url = test.runtime.awsEndpointUrl;
  const answer = await fetch(`${url}/${pool?.id}/.well-known/openid-configuration`);
  const { issuer, ...document } = JSON.parse(await answer.text());

  const addresses = Object.entries(document).filter(([name]) => /_(endpoint|uri)$/.test(name));
  expect(issuer).toBe(`https://cognito-idp.us-east-1.amazonaws.com/${pool?.id}`);
  expect(addresses).toHaveLength(6);
  for (const [, address] of addresses) expect(String(address).startsWith(`${url}/`)).toBe(true);
  expect((await fetch(document.jwks_uri)).status).toBe(200);
});

it("keeps in the inbox what it would send, and says it on the terminal", async () => {
  const [pool] = test.runtime.userPools;
  await call(cognito("SignUp"), {
    ClientId: pool?.clientId,
    Username: "grace@example.com",
    Password: TEST_PASSWORD,
  });

  const answer = await fetch(`${test.runtime.inboxUrl}?format=json&to=grace@`);
  const { messages } = JSON.parse(await answer.text());

  expect(messages).toEqual([
    expect.objectContaining({ to: "grace@example.com", purpose: "sign-up", poolName: "MyUserPool1" }),
  ]);
  expect(test.notices.at(-1)).toBe(
    `MyUserPool1: e-mail to grace@example.com: sign-up code ${messages[0].code}`,
  );
});

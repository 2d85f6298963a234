import { useConsole } from "./running-console";

describe("who may use the console", () => {
  const test = useConsole();
  const api = (headers: Readonly<Record<string, string>>, method = "GET", path = "/api/overview") =>
    test().raw({ method, path, headers: { "Content-Type": "application/json", ...headers } });
  const token = () => ({ "X-Console-Token": test().console.token });

  it("its own page, which has the token", async () => {
    const port = test().console.port;
    const headers = { ...token(), Origin: `http://127.0.0.1:${port}`, "Sec-Fetch-Site": "same-origin" };

    expect(await api(headers)).toMatchObject({ status: 200 });
  });

  it.each([
    ["nobody without the token", {}],
    ["nobody with a wrong token", { "X-Console-Token": "wrong" }],
    ["nobody with the token in a cookie", { Cookie: "token=TOKEN" }],
  ])("%s", async (_name, headers) => {
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace("TOKEN", test().console.token)]),
    );

    const answer = await api(sent);

    expect(answer.status).toBe(401);
    expect(answer.body).not.toContain("defences");
  });

  it.each([
    ["a page of another site", { Origin: "https://attacker.example", "Sec-Fetch-Site": "cross-site" }],
    [
      "a page of another port of this machine",
      { Origin: "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site" },
    ],
    ["an image or a script of another site", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" }],
    ["a sandboxed page", { Origin: "null" }],
    ["a page whose name leads here", { Host: "attacker.example" }],
    ["a page whose name leads here, with the port", { Host: "attacker.example:3001" }],
  ])("not %s, even with the token", async (_name, headers) => {
    expect(await api({ ...token(), ...headers })).toMatchObject({ status: 403 });
  });

  it("not a form of another page: a call takes JSON alone", async () => {
    const headers = { ...token(), "Content-Type": "application/x-www-form-urlencoded" };

    expect(await api(headers, "POST", "/api/requests/clear")).toMatchObject({ status: 415 });
  });

  it("not a browser that asks whether another page may call", async () => {
    const answer = await api({ Origin: "https://attacker.example" }, "OPTIONS");

    expect(answer.status).toBe(405);
    expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("not the stage: neither its pages nor its paths lead to the console", async () => {
    const { port } = test().host.runtime;

    const throughStage = await test().raw({ port, path: "/development/api/overview", headers: token() });
    const throughRuntime = await test().raw({ port, path: "/api/overview", headers: token() });

    expect([throughStage.status, throughRuntime.status]).toEqual([403, 403]);
    expect(throughStage.body + throughRuntime.body).not.toContain("invokeUrls");
  });
});

describe("the console's documents", () => {
  const test = useConsole();

  it("come without a token, which a browser cannot send for them, and say nothing", async () => {
    const answer = await test().raw({ path: "/requests/some-id" });

    expect(answer).toMatchObject({ status: 200, body: "<title>console</title>" });
  });

  it("may be opened by a link, and by nothing else of another site", async () => {
    const link = {
      "Sec-Fetch-Site": "cross-site",
      "Sec-Fetch-Mode": "navigate",
      "Sec-Fetch-Dest": "document",
    };
    const frame = {
      "Sec-Fetch-Site": "cross-site",
      "Sec-Fetch-Mode": "navigate",
      "Sec-Fetch-Dest": "iframe",
    };

    expect(await test().raw({ headers: link })).toMatchObject({ status: 200 });
    expect(await test().raw({ headers: frame })).toMatchObject({ status: 403 });
  });

  it("forbid everything that is not the console's own", async () => {
    const { headers } = await test().raw({ path: "/" });

    expect(headers).toMatchObject({
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
  });

  it("are the page for every path but that of a file", async () => {
    expect(await test().raw({ path: "/assets/console.js" })).toMatchObject({ status: 200, body: "// page" });
    expect(await test().raw({ path: "/assets/other.js" })).toMatchObject({ status: 404 });
  });
});

describe("a call", () => {
  const test = useConsole();
  const call = (method: string, path: string, body?: string) =>
    test().raw({
      method,
      path,
      headers: { "X-Console-Token": test().console.token, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body }),
    });

  it.each([
    ["GET", "/api/nothing", undefined, 404, "GET /api/nothing is not a route of the console"],
    ["POST", "/api/keep", "{", 400, "the body must be a JSON object"],
    ["POST", "/api/keep", '{"messages":1}', 400, "messages is 1; true or false"],
    ["GET", "/api/requests?limit=0", undefined, 400, 'limit is "0"; a whole number from 1 to 10000'],
    ["GET", "/api/requests/no-such-id", undefined, 404, 'request "no-such-id" is not among the newest 10000'],
    ["GET", "/api/functions/%zz/source", undefined, 400, '"%zz" is not percent-encoded correctly'],
    [
      "POST",
      "/api/aws",
      '{"service":"sts","operation":"GetCallerIdentity"}',
      404,
      "the console does not call GetCallerIdentity of sts",
    ],
    [
      "POST",
      "/api/aws",
      '{"service":"secretsmanager","operation":"GetSecretValue"}',
      404,
      "the console does not call GetSecretValue",
    ],
    [
      "POST",
      "/api/aws",
      '{"service":"__proto__","operation":"toString"}',
      404,
      "the console does not call toString",
    ],
    [
      "POST",
      "/api/aws",
      '{"service":"cognito-idp","operation":"ListUsers","input":{"UserPoolId":"us-east-1_none"}}',
      502,
      "User pool us-east-1_none does not exist.",
    ],
    ["POST", "/api/try", '{"stage":"development"}', 400, "a request has stage, method and path as text"],
    ["POST", "/api/defences/attack", '{"id":"nothing"}', 404, 'there is no attack "nothing"'],
  ])("%s %s says what is wrong with it", async (method, path, body, status, message) => {
    const answer = await call(method, path, body);

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error.message).toContain(message);
    expect(test().errors).toEqual([]);
  });

  it("has the state of the console in every answer", async () => {
    const answer = await call("GET", "/api/inbox");

    expect(JSON.parse(answer.body)).toEqual({
      state: {
        runtime: "running",
        generation: 1,
        keepsMessages: false,
        defences: { total: expect.any(Number), off: [] },
      },
      data: [],
    });
  });
});

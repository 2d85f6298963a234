import { runChecks } from "../cli/verification/run-checks";
import { isSignedIn, type Route, userPoolsOf } from "../stacks/secure-edge/route";
import { checkTargetOf } from "./support/check-target";
import { forwardRoute } from "./support/forward-route";
import { RATES_ON } from "./support/rates-provider";
import { shippedRoutes } from "./support/synthesis";
import { useRuntime } from "./support/use-runtime";

const sentence = { name: "Sentence", schema: { type: "object", required: ["sentence"] } };

/** One row for each thing that a row can say. */
const routes: readonly Route[] = [
  { ...forwardRoute, path: "/plain" },
  { ...forwardRoute, path: "/both", authorizer: "Both", userPool: ["MyUserPool1", "MyUserPool2"] },
  { ...forwardRoute, path: "/admins", groups: ["admins", "owners"] },
  {
    ...forwardRoute,
    path: "/scoped",
    auth: "cognito-access-token",
    authorizer: "Scoped",
    scopes: ["orders/read", "aws.cognito.signin.user.admin"],
  },
  {
    ...forwardRoute,
    path: "/orders",
    auth: "cognito-access-token",
    authorizer: "Scoped",
    scopes: ["orders/read"],
  },
  { ...forwardRoute, path: "/keyed", apiKeyRequired: true },
  {
    ...forwardRoute,
    path: "/words/{word}",
    query: { page: "required", size: "optional" },
    headers: { "X-Trace": "required" },
    body: sentence,
    // The handler wants a name all the same.
    example: () => ({
      query: { page: "1" },
      headers: { "X-Trace": "t" },
      body: { sentence: "one", name: "Ada" },
      answer: { status: 400 },
    }),
  },
  {
    ...forwardRoute,
    path: "/any",
    method: "ANY",
    example: () => ({ method: "DELETE", answer: { status: 400 } }),
  },
  { ...forwardRoute, path: "/head", method: "HEAD", example: () => ({ answer: { status: 400 } }) },
  { ...forwardRoute, path: "/options", method: "OPTIONS", example: () => ({ answer: { status: 400 } }) },
  {
    path: "/open",
    method: "POST",
    functionName: "ExternalLambda2",
    handler: "external",
    auth: "none",
    reason: "a test",
  },
];

/** The shipped rows, for users of a group that nobody is in. */
const behindGroups = shippedRoutes.map((route): Route => {
  if (!isSignedIn(route)) throw new Error(`${route.path} is open: nobody's groups are known there`);
  return { ...route, groups: ["nobody"] };
});

const test = useRuntime({ routes: [...routes, ...behindGroups], env: RATES_ON });

describe("a table of routes with everything that a row can say", () => {
  const check = () => {
    const { runtime } = test;
    const [key] = runtime.inside.deployment.ofType("aws_api_gateway_api_key");
    return runChecks(
      checkTargetOf(runtime, {
        functions: ["ExternalLambda1", "ExternalLambda2"],
        apiKeys: [key?.string("value") ?? ""],
      }),
      { routes },
    );
  };

  it("passes the end-to-end check, row by row", async () => {
    const checks = await check();

    expect(checks.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    expect(checks.filter(({ outcome }) => outcome === "skipped")).toEqual([]);
    const requests = checks.map(({ request }) => request);
    expect(requests).toEqual(expect.arrayContaining(["POST /both, a token of MyUserPool1"]));
    expect(requests).toEqual(expect.arrayContaining(["POST /both, a token of MyUserPool2"]));
    expect(requests).toEqual(
      expect.arrayContaining(["POST /admins, a user of MyUserPool1 in none of its groups"]),
    );
    expect(requests).toEqual(expect.arrayContaining(["POST /admins, a token of MyUserPool1 in admins"]));
    expect(requests).toEqual(
      expect.arrayContaining([
        "POST /scoped, an ID token of MyUserPool1",
        "POST /orders, a token of MyUserPool1",
      ]),
    );
    expect(requests).toEqual(
      expect.arrayContaining(["POST /keyed, a token of MyUserPool1, a bad API key", "POST /open, no token"]),
    );
    expect(requests).not.toContain("TestInvokeMethod POST /admins");
    expect(requests).not.toContain("TestInvokeMethod ANY /any");
  });

  it("says which row it leaves out where no token with the scopes can be had", async () => {
    const scoped = routes.filter(({ path }) => path === "/orders");
    const target = checkTargetOf(test.runtime);
    const userPools = target.userPools.map(({ loginPageUrl, ...pool }) => pool);

    const checks = await runChecks({ ...target, userPools }, { routes: scoped });

    expect(checks.filter(({ outcome }) => outcome !== "passed")).toEqual([
      expect.objectContaining({
        outcome: "skipped",
        request: "POST /orders, an access token with orders/read",
        note: expect.stringContaining("sign in on the login page"),
      }),
    ]);
  });

  it("refuses a request without a parameter that is required, before its function runs", async () => {
    const token = await test.token("MyUserPool1");
    const headers = [["Content-Type", "application/json"]] as const;

    const answer = await test.send({ path: "/development/words/one", headers, token });

    expect(answer.body).toBe('{"message": "Missing required request parameters: [X-Trace, page]"}');
    expect(test.lines.at(-1)?.decision.layer).toBe("validation");
  });

  it("holds a body to the row's model, not to the handler's", async () => {
    const token = await test.token("MyUserPool1");

    const answer = await test.send({
      path: "/development/words/one?page=1",
      headers: [
        ["Content-Type", "application/json"],
        ["X-Trace", "t"],
      ],
      token,
      body: { name: "Ada" },
    });

    expect(answer).toMatchObject({ status: 400, body: '{"message": "Invalid request body"}' });
  });

  it.each(["GET", "PUT", "PATCH", "DELETE"])(
    "takes %s where the row says ANY, with a token alone",
    async (method) => {
      const token = await test.token("MyUserPool1");
      const send = (given: object) => test.send({ method, path: "/development/any", ...given });

      expect([(await send({})).status, (await send({ token })).status]).toEqual([
        401,
        method === "GET" ? 400 : 200,
      ]);
    },
  );

  it("refuses an access token that has none of the scopes, though its user may sign in", async () => {
    const { AccessToken: token } = await test.signIn("MyUserPool1");
    const send = (path: string) => test.send({ path: `/development${path}`, token });

    expect([(await send("/scoped")).status, (await send("/orders")).status]).toEqual([200, 401]);
  });
});

describe("every handler that a route may name", () => {
  it.each(behindGroups)(
    "refuses a user who is in none of the route's groups: $method $path",
    async (route) => {
      const [pool = ""] = isSignedIn(route) ? userPoolsOf(route) : [];
      const [key] = test.runtime.inside.deployment.ofType("aws_api_gateway_api_key");

      const answer = await test.send({
        method: route.method,
        path: `/development${route.path.replace(/\{\w+\}/, "EUR")}`,
        headers: [
          ["Content-Type", "application/json"],
          ["x-api-key", key?.string("value") ?? ""],
        ],
        token: await test.token(pool),
      });

      expect(answer).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    },
  );
});

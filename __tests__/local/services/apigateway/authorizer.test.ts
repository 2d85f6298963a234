import type { Resources, Values } from "../../../support/deployment";
import { Bench, baseResources, lambdaMethod, POOL_ARN, signedIn } from "./fixture";

const OTHER_POOL = POOL_ARN.replace("pool1", "pool2");

function withAuthorizer(values: Values, method: Values = {}): Resources {
  const resources = baseResources();
  return {
    ...resources,
    ...lambdaMethod("lambda1", "res001", "POST", {
      authorization: "COGNITO_USER_POOLS",
      authorizer_id: "auth01",
      ...method,
    }),
    "aws_api_gateway_authorizer.AGAuthorizer1": {
      ...resources["aws_api_gateway_authorizer.AGAuthorizer1"],
      ...values,
    },
  };
}

test("asks for an ID token of the authorizer's own pool", async () => {
  const bench = new Bench();

  await bench.send({ headers: [["Authorization", "Bearer good"]] });

  expect(bench.tokens.calls).toEqual([{ arn: POOL_ARN, token: "good", tokenUse: "id" }]);
});

test("takes a token of any of several pools", async () => {
  const bench = new Bench(withAuthorizer({ provider_arns: [OTHER_POOL, POOL_ARN] }));
  const { verify } = bench.tokens;
  bench.tokens.verify = (arn, token, use) =>
    arn === OTHER_POOL
      ? { ok: false, reason: "invalid", detail: "other" }
      : verify.call(bench.tokens, arn, token, use);

  expect((await bench.send()).status).toBe(200);
});

test("reads the token from the header of the identity source", async () => {
  const bench = new Bench(withAuthorizer({ identity_source: "method.request.header.X-Token" }));

  const authorization = await bench.send();
  const own = await bench.send({ headers: [["x-token", "good"]] });

  expect([authorization.status, own.status]).toEqual([401, 200]);
});

test("matches the whole audience against the validation expression", async () => {
  const statusFor = async (expression: string) =>
    (await new Bench(withAuthorizer({ identity_validation_expression: expression })).send()).status;

  expect(await statusFor("^client1$")).toBe(200);
  expect(await statusFor("client\\d|other")).toBe(200);
  expect(await statusFor("client")).toBe(401);
  expect(await statusFor("client2")).toBe(401);
});

describe("a method with scopes", () => {
  const scoped = withAuthorizer({}, { authorization_scopes: ["api/read", "api/write"] });

  test.each([
    ["api/write openid", 200],
    ["openid", 401],
    ["api/rea", 401],
    [undefined, 401],
  ])("asks for an access token with one of them: %s", async (scope, status) => {
    const bench = new Bench(scoped);
    bench.tokens.known.set("good", { ok: true, claims: { scope, client_id: "client1" } });

    const response = await bench.send();

    expect(response.status).toBe(status);
    expect(bench.tokens.calls[0]?.tokenUse).toBe("access");
  });

  test("refuses every access token when the authorizer matches audiences: it has none", async () => {
    const bench = new Bench(
      withAuthorizer({ identity_validation_expression: ".*" }, { authorization_scopes: ["api/read"] }),
    );
    bench.tokens.known.set("good", { ok: true, claims: { scope: "api/read", client_id: "client1" } });

    expect((await bench.send()).status).toBe(401);
  });
});

test("says in the decision why, without the token", async () => {
  const bench = new Bench();

  const missing = await bench.send({ headers: [] });
  const bad = await bench.send({ headers: [["Authorization", "very-secret-token"]] });

  expect(missing.decision).toEqual({ layer: "authorizer", detail: "AGAuthorizer1: no token" });
  expect(bad.decision).toEqual({ layer: "authorizer", detail: "AGAuthorizer1: bad token" });
});

test("without the authorizer in the deployment the same request gets through", async () => {
  const guarded = new Bench();
  const open = new Bench({ ...baseResources(), ...lambdaMethod("lambda1", "res001", "POST") });
  const anonymous = { headers: signedIn.filter(([name]) => name !== "Authorization") };

  expect((await guarded.send(anonymous)).status).toBe(401);
  expect((await open.send(anonymous)).status).toBe(200);
});

test("never invokes the function for a request that it refuses", async () => {
  const bench = new Bench();

  await bench.send({ headers: [["Authorization", "garbage"]] });

  expect(bench.invocations).toHaveLength(0);
});

import { PROJECT } from "../../cli/common/project";
import { readPermissions } from "../../cli/serving/permissions-file";
import { useStacks } from "../../cli/testing";
import { keyPairs } from "../support/run/key-pairs";

describe("the helper for tests of one's own API", () => {
  const startedAt = Date.now();
  let stop = async () => {};
  const api = useStacks({
    makeKeyPair: keyPairs(),
    hooks: { beforeAll, afterAll: (work) => (stop = work) },
  });

  afterAll(() => stop());

  test("sends as a user of a pool, and shows what the functions logged", async () => {
    const answer = await api.fetch("/lambda1", { as: "MyUserPool1", json: { name: "Grace" } });

    expect(answer.status).toBe(200);
    expect(await api.logs("InternalLambda")).toContainEqual(expect.stringContaining("Grace"));
    expect(await api.queued("InternalLambdaDLQ")).toEqual([]);
  });

  test("tells which layer refused a request, and why", async () => {
    const answer = await api.fetch("/lambda1", { json: { name: "Grace" } });

    expect(answer.status).toBe(401);
    expect(api.lastRequest().decidedBy).toEqual({ layer: "authorizer", detail: "AGAuthorizer1: no token" });
  });

  test("moves the clock", async () => {
    const token = await api.token("MyUserPool1");
    const send = () => api.fetch("/lambda1", { headers: { Authorization: token }, json: { name: "Grace" } });

    const before = await send();
    api.clock.advance(3601);
    const after = await send();

    expect([before.status, after.status]).toEqual([200, 401]);
    expect(await after.json()).toEqual({ message: "The incoming token has expired" });
  });

  test("shows the mail that Cognito would send", async () => {
    const [pool] = api.runtime.userPools;

    await api.runtime.inside.call("cognito-idp", "SignUp", {
      ClientId: pool?.clientId,
      Username: "new@example.com",
      Password: "correct-Horse-7-battery",
    });

    expect(api.mails()).toMatchObject([
      { to: "new@example.com", purpose: expect.any(String), code: expect.stringMatching(/^\d{6}$/) },
    ]);
  });

  test("says what there is where a name is not there", async () => {
    await expect(api.token("MyPool")).rejects.toThrow(
      'the deployment has no user pool "MyPool"; it has MyUserPool1, MyUserPool2',
    );
    await expect(api.logs("Lambda1")).rejects.toThrow(
      'the deployment has no aws_lambda_function "Lambda1"; it has ExternalLambda1, ExternalLambda2, InternalLambda',
    );
    await expect(api.queued("Q")).rejects.toThrow('the deployment has no aws_sqs_queue "Q"');
  });

  test("leaves what the functions used to npm run permissions", async () => {
    await stop();
    stop = async () => {};

    const { seenAt, functions } = readPermissions(PROJECT);

    expect(Date.parse(seenAt)).toBeGreaterThan(startedAt);
    expect(functions.find(({ functionName }) => functionName === "ExternalLambda1")?.rows).toContainEqual(
      expect.objectContaining({ action: "sns:Publish", verdict: "used" }),
    );
  });
});

describe("the helper, with the settings of production", () => {
  const api = useStacks({
    makeKeyPair: keyPairs(),
    settings: {
      ENVIRONMENT: "production",
      CALLBACK_URLS: "https://app.example.com/callback",
      LOGOUT_URLS: "https://app.example.com/",
      MFA: "on",
    },
  });

  test("signs in as clients there have to: by SRP, with an authenticator app", async () => {
    const greet = () => api.fetch("/lambda1", { as: "MyUserPool1-production", json: { name: "Grace" } });

    const [first, second] = [await greet(), await greet()];
    api.clock.advance(3601);
    const later = await greet();

    expect([first.status, second.status, later.status]).toEqual([200, 200, 200]);
  });
});

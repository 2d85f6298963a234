import type { RequestDetail, TryRequest } from "../../../local/console/contract";
import { emailOf, TEST_PASSWORD } from "../../support/local-runtime";
import { useConsole } from "./running-console";

const LAMBDA1: TryRequest = { stage: "development", method: "POST", path: "/lambda1" };

describe("a request in the console", () => {
  const test = useConsole();
  const person = async (kind: string, name = emailOf("MyUserPool1")) => {
    const { people } = await test().get("GET /api/try");
    return people.find((one) => one.kind === kind && (kind === "forger" || one.name === name))?.id ?? "";
  };
  const sent = async (request: Partial<TryRequest>) =>
    (await test().post("POST /api/try", { ...LAMBDA1, ...request })).data;
  const detail = async (id: string, query = ""): Promise<RequestDetail> => {
    await test().host.runtime.settled();
    return test().get("GET /api/requests/{id}", { names: { id }, query });
  };
  beforeEach(() => test().clock.advance({ seconds: 5 }));

  it("is in the list under its caller's name, until there is nobody of that name", async () => {
    const { runtime } = test().host;
    const UserPoolId = runtime.userPools[0]?.id ?? "";
    const email = "leaver@example.com";
    runtime.createUser(UserPoolId, { email, password: TEST_PASSWORD });
    const who = (await test().get("GET /api/try")).people.find(
      ({ kind, name }) => kind === "user" && name === email,
    );
    const { id } = await sent({ person: who?.id ?? "" });
    const callerOf = async () => {
      const requests = await test().get("GET /api/requests");
      return requests.find((request) => request.id === id)?.caller;
    };

    expect(await callerOf()).toMatchObject({ username: email });
    await runtime.inside.call("cognito-idp", "AdminDeleteUser", { UserPoolId, Username: email });
    expect(await callerOf()).toEqual(expect.not.objectContaining({ username: expect.anything() }));
  });

  it("is followed from the client to the log line of the function that a topic invoked", async () => {
    const answer = await sent({ person: await person("user"), body: '{"name":"Grace"}' });
    const request = await detail(answer.id);

    expect(answer).toMatchObject({ status: 200, body: { isBase64: false } });
    expect(request).toMatchObject({
      outcome: "answered",
      caller: { poolName: "MyUserPool1", username: emailOf("MyUserPool1") },
      way: [
        "client",
        "aws_wafv2_web_acl.edge",
        "aws_api_gateway_stage.stage",
        "aws_api_gateway_method.POST-lambda1",
        "aws_lambda_function.ExternalLambda1",
      ],
    });
    expect(request.ladder.map(({ layer, reached }) => [layer, reached])).toEqual(
      [
        "size limits",
        "stage",
        "web ACL",
        "routing",
        "authorizer",
        "API key",
        "throttle",
        "quota",
        "parameters",
        "body",
        "integration",
        "function",
      ].map((layer) => [layer, true]),
    );
    const [own, caused] = request.runs;
    expect(own?.calls).toMatchObject([
      {
        action: "secretsmanager:GetSecretValue",
        allowed: true,
        status: 200,
        decidedBy: { kind: "identity", statement: "ReadSecret" },
      },
      {
        action: "sns:Publish",
        allowed: true,
        decidedBy: { policy: "aws_iam_role_policy.ExternalLambda1.policy", statement: "Publish" },
      },
    ]);
    expect(request.messages).toMatchObject([
      { causedBy: own?.requestId, hops: [{ kind: "delivered", requestId: caused?.requestId }] },
    ]);
    expect(caused).toMatchObject({ functionName: "InternalLambda", outcome: "succeeded" });
    expect(caused?.lines.map(({ message }) => message).join("")).toContain("Grace");
    expect(caused?.lines.at(-1)?.message).toMatch(/^REPORT RequestId: /);
  });

  it("has what AWS would write of it, and says where it would write nothing", async () => {
    const { id } = await sent({});

    const { onAws } = await detail(id);

    const [access, execution, webAcl] = onAws;
    expect(JSON.parse(access?.lines[0] ?? "")).toMatchObject({
      requestId: id,
      status: "401",
      errorType: "UNAUTHORIZED",
    });
    expect(execution).toMatchObject({
      kind: "execution log",
      lines: expect.arrayContaining([expect.stringContaining("Execution failed")]),
    });
    expect(webAcl).toEqual({
      kind: "web ACL log",
      where: "",
      lines: [],
      note: "the web ACL has no logging configuration (WEB_ACL_LOG)",
    });
  });

  it.each<[string, Partial<TryRequest>, number, string, string]>([
    ["without a token", { body: '{"name":"Ada"}' }, 401, "authorizer", "It brought no token."],
    [
      "with a forged token",
      { person: "forger" },
      401,
      "authorizer",
      "Sign in and send an ID token in the header Authorization",
    ],
    ["with an expired token", { person: "expired token" }, 401, "authorizer", "Sign in"],
    ["with an access token", { person: "access token" }, 401, "authorizer", "Sign in"],
    ["with a user of the other pool", { person: "other pool" }, 401, "authorizer", "Sign in"],
    [
      "with a body that breaks the model",
      { person: "user", body: '{"name":1}' },
      400,
      "body",
      'for instance {"name":"Ada"}',
    ],
    [
      "to no route",
      { path: "/nothing" },
      403,
      "routing",
      "The API has no such path. It has POST /lambda1, POST /lambda2.",
    ],
    ["with another method", { method: "GET" }, 403, "routing", "it takes POST"],
    ["to no stage", { stage: "nowhere" }, 403, "stage", "The path starts with a stage: /development."],
    [
      "with a large body",
      { person: "user", body: `{"name":"Ada"${" ".repeat(9_000)}}` },
      403,
      "web ACL",
      "The rule LargeBody matches it. It is larger than the 8192 bytes that the rule lets through",
    ],
  ])(
    "%s is refused by its layer, which says how to get through, and that does",
    async (_name, request, status, layer, text) => {
      const who = request.person;
      const person1 =
        who === undefined
          ? {}
          : {
              person: who === "other pool" ? await person("user", emailOf("MyUserPool2")) : await person(who),
            };
      const answer = await sent({ ...request, ...person1 });

      const { advice, decidedBy, ladder } = await detail(answer.id);

      expect([answer.status, advice?.layer, ladder.filter(({ reached }) => reached).at(-1)?.layer]).toEqual([
        status,
        layer,
        layer,
      ]);
      expect(decidedBy.layer).toMatch(/routing|validation|authorizer|web ACL/);
      expect(advice?.text).toContain(text);
      if (advice?.request === undefined) throw new Error("the advice has no request to try");
      const body = advice.request.body ?? '{"name":"Ada"}';
      const again = await sent({
        ...advice.request,
        person: advice.request.person ?? (await person("user")),
        body,
      });
      expect([again.status, (await detail(again.id)).outcome]).toEqual([200, "answered"]);
    },
  );

  it("is copied as a command without its secrets", async () => {
    const answer = await sent({ person: await person("user"), body: '{"name":"Ada"}' });

    expect(answer.curl).toBe(
      `curl -X POST ${test().host.runtime.awsEndpointUrl}/development/lambda1 \\\n  -H 'Content-Type: application/json' \\\n  -H "Authorization: $TOKEN" \\\n  --data-raw '{"name":"Ada"}'`,
    );
    expect((await detail(answer.id)).curl).toContain('-H "Authorization: $TOKEN"');
  });

  it("is listed, newest first, from where the page asks", async () => {
    const ids = [await sent({}), await sent({}), await sent({})].map(({ id }) => id).reverse();

    expect((await test().get("GET /api/requests", { query: "limit=3" })).map(({ id }) => id)).toEqual(ids);
    expect((await test().get("GET /api/requests", { query: `limit=1&before=${ids[0]}` }))[0]?.id).toBe(
      ids[1],
    );
  });

  it("keeps headers and body only while the visitor wants them, and masks the credentials", async () => {
    const send = async () => sent({ person: await person("user"), body: '{"name":"Ada"}' });
    const before = await send();
    await test().post("POST /api/keep", { messages: true });
    const kept = await send();

    expect((await detail(before.id)).exchange).toBeUndefined();
    const { exchange, curl } = await detail(kept.id);
    expect(exchange?.request).toMatchObject({ body: { text: '{"name":"Ada"}' } });
    expect(exchange?.request.headers).toContainEqual(["Authorization", "***"]);
    expect(JSON.stringify(exchange)).not.toContain("eyJ");
    expect(curl).toContain('-H "Authorization: $TOKEN"');
    const unmasked = await detail(kept.id, "unmasked=true");
    expect(unmasked.exchange?.request.headers).toContainEqual([
      "Authorization",
      expect.stringMatching(/^eyJ/),
    ]);

    expect((await test().post("POST /api/keep", { messages: false })).state.keepsMessages).toBe(false);
    expect((await detail(kept.id)).exchange).toBeUndefined();
  });

  it("is counted on the map's edges, and refused where it was refused", async () => {
    await test().post("POST /api/requests/clear", {});
    await sent({ person: await person("user"), body: '{"name":"Ada"}' });
    await sent({});
    await test().host.runtime.settled();

    const { edges, nodes } = await test().get("GET /api/map");
    const [fn, method] = ["aws_lambda_function.ExternalLambda1", "aws_api_gateway_method.POST-lambda1"];
    const counts = Object.fromEntries(edges.map(({ id, count, refused }) => [id, [count, refused]]));

    expect(counts).toMatchObject({
      "client→aws_wafv2_web_acl.edge": [2, 0],
      "aws_wafv2_web_acl.edge→aws_api_gateway_stage.stage": [2, 0],
      [`aws_api_gateway_stage.stage→${method}`]: [2, 1],
      [`${method}→${fn}`]: [1, 0],
      [`${method}→aws_cognito_user_pool.MyUserPool1`]: [1, 0],
      [`${fn}→aws_sns_topic.LambdaSNSTopic`]: [1, 0],
      "aws_sns_topic.LambdaSNSTopic→aws_lambda_function.InternalLambda": [1, 0],
      "aws_lambda_function.InternalLambda→logs": [1, 0],
    });
    expect(nodes.find(({ kind }) => kind === "web ACL")?.notEnforced.join()).toContain(
      "AWSManagedRulesAmazonIpReputationList",
    );
  });
});

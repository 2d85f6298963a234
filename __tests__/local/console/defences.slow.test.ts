import { ATTACKS } from "../../../local/console/defences/rows";
import type { Route } from "../../../stacks/secure-edge/route";
import { routes } from "../../../stacks/secure-edge/routes";
import { forwardRoute } from "../../support/forward-route";
import { plainFunctions } from "../../support/plain-functions";
import { type TestConsoleOptions, useConsole } from "./running-console";

/** With what is off by default: methods that take a key; limits, groups and scopes of a route's own. */
const keyed = (more: Readonly<Record<string, string>>): TestConsoleOptions => ({
  env: { API_CLIENTS: "mobile", ...more },
  routes: routes.map((route) => ({ ...route, apiKeyRequired: true })),
  edit: plainFunctions,
});
const restricted: readonly Route[] = [
  {
    ...forwardRoute,
    path: "/orders",
    auth: "cognito-access-token",
    authorizer: "Orders",
    scopes: ["orders/write"],
  },
  { ...forwardRoute, path: "/lambda1", groups: ["admins"] },
  { ...forwardRoute, path: "/dear", throttle: { rateLimit: 5, burstLimit: 5 } },
];
const OFF_BY_DEFAULT = [
  "accounts-in-bulk",
  "sign-up-page",
  "other-flow",
  "no-api-key",
  "one-client",
  "all-day",
  "dear-route",
  "no-group",
  "other-scope",
  "unwanted-address",
  "welcome-address",
  "token-in-web-acl-log",
];

/** As many requests as the limits take, and more. */
const FLOODS = ["flood", "replay", "flood-without-token", "flood-of-many-sources", "pipelined-flood"];

/** What can be tried on the stacks as they are. */
const HERE = ATTACKS.filter(({ id }) => ![...OFF_BY_DEFAULT, ...FLOODS].includes(id));

describe("the defences", () => {
  const test = useConsole();

  it("are each in the deployment, but for those that a setting turns on", async () => {
    const rows = await test().get("GET /api/defences");

    expect(
      rows.flatMap(({ id, unavailable }) => (unavailable === undefined ? [] : [`${id}: ${unavailable}`])),
    ).toEqual([
      "other-flow: off in this deployment: it takes PASSWORD_SIGN_IN=false",
      "no-api-key: off in this deployment: it takes a route's apiKeyRequired and API_CLIENTS",
      "one-client: off in this deployment: it takes a route's apiKeyRequired and API_CLIENTS",
      "all-day: off in this deployment: it takes a route's apiKeyRequired, API_CLIENTS and an API_CLIENT_DAILY_QUOTA below API_CLIENT_BURST",
      "dear-route: off in this deployment: it takes a route's throttle",
      "no-group: off in this deployment: it takes a route's groups",
      "other-scope: off in this deployment: it takes a route's scopes",
      "accounts-in-bulk: off in this deployment: it takes SELF_SIGN_UP=false",
      "unwanted-address: off in this deployment: it takes IP_RULE_ACTION=block",
      "welcome-address: off in this deployment: it takes IP_RULE_ACTION=allow",
      "token-in-web-acl-log: off in this deployment: it takes WEB_ACL_LOG=true",
      "sign-up-page: off in this deployment: it takes SELF_SIGN_UP=false",
    ]);
    expect(rows.map(({ id }) => id)).toHaveLength(new Set(rows.map(({ id }) => id)).size);
  });

  it("leave out no threat of docs/security.md without a reason", async () => {
    const others = await test().get("GET /api/defences/not-run");

    expect(others).toContainEqual({
      owasp: "API2:2023 Broken Authentication",
      threat: "A temporary password is found later",
      why: "takes a day to pass",
    });
    expect(others.filter(({ why }) => why === "")).toEqual([]);
  });

  it.each(HERE)("stop $id: $defence.id", async ({ id }) => {
    const run = (await test().post("POST /api/defences/attack", { id })).data;

    expect(run).toMatchObject({
      ...{ id, succeeded: false, defencesOff: [] },
      exchanges: expect.arrayContaining([expect.anything()]),
    });
  });

  describe.each([...new Set(HERE.map(({ defence }) => defence.id))])("without %s", (off) => {
    beforeAll(() => test().post("POST /api/defences/switch", { ids: [off], isOff: true }));
    afterAll(() => test().post("POST /api/defences/reset", {}));

    it.each(HERE.filter(({ defence }) => defence.id === off))("$id gets through", async ({ id }) => {
      const run = (await test().post("POST /api/defences/attack", { id })).data;

      expect(run).toMatchObject({ id, succeeded: true, defencesOff: [off] });
      expect(test().errors).toEqual([]);
    });
  });

  it("are said to be off in every answer, at the map's node and at each request, until one call resets them", async () => {
    const { port } = test().host.runtime;
    const token = await test().host.runtime.inside.ports.users.sign(
      test().host.runtime.userPools[0]?.id ?? "",
      {},
    );

    const off = await test().post("POST /api/defences/switch", {
      ids: ["authorizer", "throttle"],
      isOff: true,
    });
    const answer = (
      await test().post("POST /api/try", {
        stage: "development",
        method: "POST",
        path: "/lambda1",
        body: '{"name":"Ada"}',
      })
    ).data;
    const [request] = await test().get("GET /api/requests");
    const { nodes } = await test().get("GET /api/map");
    const back = await test().post("POST /api/defences/reset", {});
    const again = (
      await test().post("POST /api/try", {
        stage: "development",
        method: "POST",
        path: "/lambda1",
        body: '{"name":"Ada"}',
      })
    ).data;

    expect(off.state).toMatchObject({ runtime: "running", defences: { off: ["authorizer", "throttle"] } });
    expect(off.data.lost).toContain("messages on their way for longer than a quarter of a second");
    expect([answer.status, again.status]).toEqual([200, 401]);
    expect(request?.defencesOff).toEqual(["authorizer", "throttle"]);
    expect(nodes.find(({ id }) => id === "aws_api_gateway_method.POST-lambda1")?.defencesOff).toEqual([
      "authorizer",
    ]);
    expect(back.state.defences.off).toEqual([]);
    expect(test().host.runtime.port).toBe(port);
    // The pools' keys and users outlive it: what was signed before is good after it.
    expect(
      await test().host.runtime.inside.ports.users.sign(test().host.runtime.userPools[0]?.id ?? "", {}),
    ).toEqual(token);
    const users = await test().post("POST /api/aws", {
      service: "cognito-idp",
      operation: "ListUsers",
      input: { UserPoolId: test().host.runtime.userPools[0]?.id },
    });
    expect(users.data.Users).toHaveLength(1);
  });

  it("are put back after two comparisons at once", async () => {
    const compared = ["no-token", "large-body"].map((id) =>
      test().post("POST /api/defences/compare", { id }),
    );

    const runs = (await Promise.all(compared)).map(({ data }) => data);

    expect(
      runs.map(({ withDefence: one, withoutDefence: other }) => [one.succeeded, other.succeeded]),
    ).toEqual([
      [false, true],
      [false, true],
    ]);
    expect(test().host.patched).toEqual([]);
  });

  it("are switched in a moment, for which whatever a visitor asks waits", async () => {
    const { host } = test();
    const { generation } = host;
    const switched = host.serveWith(new Map());
    await host.ready();
    expect([host.state, host.generation]).toEqual(["running", generation + 1]);
    const ready = jest.spyOn(host, "ready");

    await test().post("POST /api/try", {
      stage: "development",
      method: "POST",
      path: "/lambda1",
      body: "{}",
    });

    await switched;
    expect(ready).toHaveBeenCalledTimes(1);
  });

  it("are switched without losing log lines, messages in queues, what the web ACL and the map counted, or what functions asked for", async () => {
    const { call, deployment } = test().host.runtime.inside;
    const [queue] = deployment.ofType("aws_sqs_queue");
    const [webAcl] = deployment.ofType("aws_wafv2_web_acl");
    const QueueUrl = queue?.string("url");
    await call("sqs", "SendMessage", { QueueUrl, MessageBody: "undeliverable" });
    await test().post("POST /api/try", {
      ...{ stage: "development", method: "POST", path: "/lambda1", body: '{"name":"Grace"}' },
      person: (await test().get("GET /api/try")).people.find(({ kind }) => kind === "user")?.id ?? "",
    });
    await test().host.runtime.settled();
    const look = async () => {
      const { inside } = test().host.runtime;
      const logs = await inside.call("logs", "FilterLogEvents", {
        logGroupName: "/aws/lambda/InternalLambda",
      });
      const { Attributes } = await inside.call("sqs", "GetQueueAttributes", {
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages"],
      });
      const now = test().clock.now() / 1000;
      const { PopulationSize } = await inside.call("wafv2", "GetSampledRequests", {
        ...{ WebAclArn: webAcl?.string("arn"), RuleMetricName: "SecureLambdaWebACL", Scope: "REGIONAL" },
        ...{ TimeWindow: { StartTime: now - 3600, EndTime: now + 60 }, MaxItems: 10 },
      });
      const permissions = await test().get("GET /api/permissions");
      const { edges } = await test().get("GET /api/map");
      return { logs, Attributes, PopulationSize, permissions, edges };
    };
    const before = await look();
    expect(JSON.stringify(before.logs)).toContain("Grace");
    expect(before.Attributes).toEqual({ ApproximateNumberOfMessages: "1" });
    expect(before.PopulationSize).toBeGreaterThan(0);
    expect(before.edges[0]?.count).toBeGreaterThan(0);
    expect(JSON.stringify(before.permissions)).toContain('"verdict":"used"');

    await test().post("POST /api/defences/switch", { ids: ["large-body-rule"], isOff: true });
    await test().post("POST /api/defences/reset", {});

    expect(await look()).toEqual(before);
  });

  it("leave what they were taken out of as it was", async () => {
    const before = JSON.stringify(test().host.original.resources.map(({ values }) => values));

    await test().post("POST /api/defences/switch", {
      ids: [...new Set(ATTACKS.map(({ defence }) => defence.id))].slice(0, 3),
      isOff: true,
    });
    await test().post("POST /api/defences/reset", {});

    expect(JSON.stringify(test().host.original.resources.map(({ values }) => values))).toBe(before);
  });
});

describe.each<readonly [ids: readonly string[], options: TestConsoleOptions]>([
  [
    ["no-api-key", "one-client", "other-flow", "accounts-in-bulk", "sign-up-page", "token-in-web-acl-log"],
    keyed({ PASSWORD_SIGN_IN: "false", SELF_SIGN_UP: "false", WEB_ACL_LOG: "true" }),
  ],
  [["all-day", "welcome-address"], keyed({ API_CLIENT_DAILY_QUOTA: "10", IP_RULE_ACTION: "allow" })],
  [["dear-route", "no-group", "other-scope", "no-token"], { routes: restricted }],
  [["unwanted-address"], { env: { IP_RULE_ACTION: "block" } }],
  [
    FLOODS,
    {
      env: { WAF_RATE_LIMIT: "60", THROTTLE_RATE: "10", THROTTLE_BURST: "10" },
      edit: plainFunctions,
    },
  ],
])("with a setting that turns it on, or lets fewer requests do", (ids, options) => {
  const test = useConsole(options);
  beforeEach(() => test().clock.advance({ seconds: 601 }));

  it.each(ids.map((id) => ({ id, defence: ATTACKS.find((attack) => attack.id === id)?.defence.id })))(
    "$defence stops $id, which gets through without it",
    async ({ id }) => {
      const { withDefence, withoutDefence } = (await test().post("POST /api/defences/compare", { id })).data;

      expect([withDefence.succeeded, withoutDefence.succeeded]).toEqual([false, true]);
    },
  );
});

import { DEFENCES } from "../../../local/console/defences/rows";
import { routes } from "../../../stacks/secure-edge/routes";
import { useConsole } from "./running-console";

/** With what is off by default: methods that take a key. */
const keyed = {
  env: { API_CLIENTS: "mobile" },
  routes: routes.map((route) => ({ ...route, apiKeyRequired: true })),
};

describe("the defences", () => {
  const test = useConsole();

  it("are each in the deployment, but for those that a setting turns on", async () => {
    const rows = await test().get("GET /api/defences");

    expect(rows.filter(({ unavailable }) => unavailable !== undefined).map(({ id }) => id)).toEqual([
      "no-api-key",
    ]);
    expect(rows.map(({ id }) => id)).toHaveLength(new Set(rows.map(({ id }) => id)).size);
  });

  it.each(DEFENCES.filter(({ id }) => id !== "no-api-key").map(({ id }) => id))(
    "%s stops its attack, which gets through without it",
    async (id) => {
      const { withDefence, withoutDefence } = (await test().post("POST /api/defences/compare", { id })).data;

      expect(withDefence).toMatchObject({
        succeeded: false,
        defencesOff: [],
        exchanges: expect.arrayContaining([expect.anything()]),
      });
      expect(withoutDefence).toMatchObject({ succeeded: true, defencesOff: [id] });
      expect(test().host.patched).toEqual([]);
      expect(test().errors).toEqual([]);
    },
  );

  it("are said to be off in every answer, at the map's node and at each request, until one call resets them", async () => {
    const { port } = test().host.runtime;
    const token = await test().host.runtime.inside.ports.users.sign(
      test().host.runtime.userPools[0]?.id ?? "",
      {},
    );

    const off = await test().post("POST /api/defences/switch", { ids: ["no-token", "flood"], isOff: true });
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

    expect(off.state).toMatchObject({ runtime: "running", defences: { off: ["no-token", "flood"] } });
    expect(off.data.lost).toContain("messages on their way");
    expect([answer.status, again.status]).toEqual([200, 401]);
    expect(request?.defencesOff).toEqual(["no-token", "flood"]);
    expect(nodes.find(({ id }) => id === "aws_api_gateway_method.POST-lambda1")?.defencesOff).toEqual([
      "no-token",
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

  it("are switched without losing log lines, messages in queues, or what the web ACL counted", async () => {
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
      return { logs, Attributes, PopulationSize };
    };
    const before = await look();
    expect(JSON.stringify(before.logs)).toContain("Grace");
    expect(before.Attributes).toEqual({ ApproximateNumberOfMessages: "1" });
    expect(before.PopulationSize).toBeGreaterThan(0);

    await test().post("POST /api/defences/switch", { ids: ["large-body"], isOff: true });
    await test().post("POST /api/defences/reset", {});

    expect(await look()).toEqual(before);
  });

  it("leave what they were taken out of as it was", async () => {
    const before = JSON.stringify(test().host.original.resources.map(({ values }) => values));

    await test().post("POST /api/defences/switch", {
      ids: DEFENCES.slice(0, 3).map(({ id }) => id),
      isOff: true,
    });
    await test().post("POST /api/defences/reset", {});

    expect(JSON.stringify(test().host.original.resources.map(({ values }) => values))).toBe(before);
  });
});

describe("the defences of a deployment whose methods take a key", () => {
  const test = useConsole(keyed);

  it("no-api-key stops its attack, which gets through without it", async () => {
    const { withDefence, withoutDefence } = (
      await test().post("POST /api/defences/compare", { id: "no-api-key" })
    ).data;

    expect([withDefence.succeeded, withoutDefence.succeeded]).toEqual([false, true]);
  });
});

import type { ConsoleState, FunctionPermissions, RequestSummary } from "../../../local/console/contract";
import { emailOf } from "../../support/local-runtime";
import { useConsole } from "./running-console";

const LAMBDA1 = { stage: "development", method: "POST", path: "/lambda1" };
const ADA = '{"name":"Ada"}';

describe("the console's data", () => {
  const test = useConsole({
    edit: ({ edge, messaging }) => {
      // A function that asks for more than it may, and one that fails when it is told to.
      edge.editCode("ExternalLambda2", () => GREEDY);
      messaging.editCode("InternalLambda", failing);
    },
  });
  const call = async (service: string, operation: string, input: Record<string, unknown>) =>
    (await test().post("POST /api/aws", { service, operation, input })).data;
  const userOf = async (pool: string) =>
    (await test().get("GET /api/try")).people.find(
      ({ kind, name }) => kind === "user" && name === emailOf(pool),
    )?.id ?? "";
  const send = async (request: object = {}) =>
    (
      await test().post("POST /api/try", {
        ...LAMBDA1,
        body: ADA,
        person: await userOf("MyUserPool1"),
        ...request,
      })
    ).data;
  const settled = () => test().host.runtime.settled();
  beforeEach(() => test().clock.advance({ seconds: 5 }));

  it("say of each permission whether it was used, and of what was asked for in vain", async () => {
    await send();
    await send({ path: "/lambda2", person: await userOf("MyUserPool2") });
    await settled();

    const all = await test().get("GET /api/permissions");
    const of = (name: string): FunctionPermissions | undefined =>
      all.find(({ functionName }) => functionName === name);
    const rows = (name: string) =>
      of(name)?.rows.map(({ action, verdict, statement }) => [action, verdict, statement?.statement ?? ""]);

    expect(rows("ExternalLambda1")).toEqual([
      ["logs:CreateLogStream", "used", "OwnLog"],
      ["logs:PutLogEvents", "used", "OwnLog"],
      ["sns:Publish", "used", "Publish"],
      ["secretsmanager:GetSecretValue", "used", "ReadSecret"],
    ]);
    expect(rows("ExternalLambda2")).toEqual([
      ["logs:CreateLogStream", "used", "OwnLog"],
      ["logs:PutLogEvents", "used", "OwnLog"],
      ["sns:Publish", "never used", "Publish"],
      ["secretsmanager:GetSecretValue", "never used", "ReadSecret"],
      ["sqs:ListQueues", "denied", ""],
    ]);
    const topic = test().host.runtime.inside.deployment.ofType("aws_sns_topic")[0]?.string("arn");
    const statements = of("ExternalLambda1")?.smallestPolicy?.Statement;
    expect(statements).toContainEqual({ Effect: "Allow", Action: ["sns:Publish"], Resource: [topic] });
    expect(statements).toContainEqual({
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [expect.stringMatching(/log-group:\/aws\/lambda\/ExternalLambda1:log-stream:\*$/)],
    });
  });

  it("show a call that IAM refused, with its words", async () => {
    const { id } = await send({ path: "/lambda2", person: await userOf("MyUserPool2") });

    const { runs } = await test().get("GET /api/requests/{id}", { names: { id } });

    expect(runs[0]?.calls).toEqual([
      expect.objectContaining({
        operation: "ListQueues",
        action: "sqs:ListQueues",
        allowed: false,
        status: 400,
        error: "AccessDeniedException",
        why: "no identity-based policy allows sqs:ListQueues",
      }),
    ]);
  });

  it("show a dead letter, where it comes from, and give it back", async () => {
    await send({ body: '{"name":"fail"}' });
    await settled();

    const before = await test().get("GET /api/messages");
    const [queue] = before.queues;
    const internal = test()
      .host.runtime.inside.deployment.find("aws_lambda_function", "function_name", "InternalLambda")
      ?.string("arn");
    expect(queue).toMatchObject({ visible: 1, deadLettersOf: expect.arrayContaining([internal]) });
    expect(queue?.messages[0]).not.toHaveProperty("body");
    expect(before.recent[0]?.hops.map(({ kind }) => kind)).toEqual(["delivered", "dead letter"]);
    expect(before.topics[0]?.subscriptions[0]?.delivered).toBeGreaterThan(0);

    const { redriven, left } = (
      await test().post("POST /api/messages/redrive", { queueArn: queue?.arn ?? "" })
    ).data;
    await settled();

    expect([redriven, left]).toEqual([1, 0]);
    // It fails again, and is a dead letter again.
    expect((await test().get("GET /api/messages")).queues[0]?.visible).toBe(1);
  });

  it("have the web ACL's traffic by action, rule, source, path and device", async () => {
    await send({
      headers: [["User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148"]],
    });
    await send({ headers: [["User-Agent", "curl/8.5.0"]], body: `{"name":"Ada"${" ".repeat(9_000)}}` });

    const overview = await test().get("GET /api/web-acl", { query: "minutes=1" });

    expect(overview.totals.blocked).toBe(1);
    expect(overview.overTime.reduce((sum, { blocked }) => sum + blocked, 0)).toBe(1);
    expect(overview.byDevice).toEqual(
      expect.arrayContaining([
        { name: "phone", count: 1, blocked: 0 },
        { name: "program", count: 1, blocked: 1 },
      ]),
    );
    expect(overview.byRule).toContainEqual({ name: "LargeBody", count: 1, blocked: 1 });
    expect(overview.sampled[0]).toMatchObject({
      action: "BLOCK",
      rule: "LargeBody",
      path: "/development/lambda1",
    });
    expect(overview.webAcls[0]?.rules.map(({ name, action }) => [name, action]).slice(0, 4)).toEqual([
      ["SourceIp", "COUNT"],
      ["RateLimit", "BLOCK"],
      ["LargeBody", "BLOCK"],
      ["AWSManagedRulesAmazonIpReputationList", "group"],
    ]);
  });

  it("have each function with its instances, runs and the source of its bundle", async () => {
    const functions = await test().get("GET /api/functions");
    const fn = functions.find(({ name }) => name === "ExternalLambda2");

    expect(fn).toMatchObject({
      instances: 1,
      errors: 0,
      bundle: [{ file: "index.mjs" }, { file: "index.mjs.map" }],
      handler: "index.handler",
    });
    const { text } = await test().get("GET /api/functions/{name}/source", {
      names: { name: "ExternalLambda2" },
    });
    expect(text).toBe(GREEDY);
    await expect(
      test().get("GET /api/functions/{name}/source", {
        names: { name: "ExternalLambda2" },
        query: "file=../../../manifest.json",
      }),
    ).rejects.toThrow('404 {"message":"the bundle of ExternalLambda2 has no file');
  });

  it("let a user be created, confirmed with the code from the inbox, and sign in", async () => {
    const pool = test().host.runtime.userPools[0];
    const Username = "grace@example.com";
    const events = await listen();
    await call("cognito-idp", "SignUp", {
      ClientId: pool?.clientId,
      Username,
      Password: "correct-Horse-7-battery",
      UserAttributes: [{ Name: "email", Value: Username }],
    });
    const [mail] = await test().get("GET /api/inbox");
    await call("cognito-idp", "ConfirmSignUp", {
      ClientId: pool?.clientId,
      Username,
      ConfirmationCode: mail?.code,
    });

    expect(mail).toMatchObject({ to: Username, medium: "EMAIL", poolId: pool?.id });
    expect(await events.next("mail")).toMatchObject({ to: Username });
    const person = (await test().get("GET /api/try")).people.find(
      ({ kind, name }) => kind === "user" && name === Username,
    )?.id;
    expect((await send({ person })).status).toBe(200);
    events.close();
  });

  it("come as events while a page is open: state first, then each request, what it causes, and log lines", async () => {
    const group = "/aws/lambda/InternalLambda";
    await settled();
    const events = await listen(`?log=${encodeURIComponent(group)}`);
    expect(await events.next<ConsoleState>("state")).toMatchObject({ runtime: "running" });

    const { id } = await send();

    expect(await events.next<RequestSummary>("request")).toMatchObject({ id, outcome: "answered" });
    expect(await events.next("updated")).toEqual({ id });
    expect(await events.next("log")).toMatchObject({ group, message: expect.stringContaining("START") });
    await test().post("POST /api/keep", { messages: true });
    expect(await events.next<ConsoleState>("state")).toMatchObject({ keepsMessages: true });
    await test().post("POST /api/keep", { messages: false });
    events.close();
  });

  it("are in the API's document with the address that answers here", async () => {
    const { stage, document } = await test().get("GET /api/openapi");

    expect(stage).toBe("development");
    expect(document).toMatchObject({
      servers: [{ url: `${test().host.runtime.awsEndpointUrl}/development` }],
    });
  });

  /** The console's events, each by its name, in order. */
  async function listen(query = "") {
    const stop = new AbortController();
    const { port, token } = test().console;
    const answer = await fetch(`http://127.0.0.1:${port}/api/events${query}`, {
      headers: { "X-Console-Token": token },
      signal: stop.signal,
    });
    const reader = answer.body?.getReader();
    const decoder = new TextDecoder();
    const waiting: { readonly event: string; readonly data: unknown }[] = [];
    let text = "";
    const next = async <T>(event: string): Promise<T> => {
      for (;;) {
        const index = waiting.findIndex((one) => one.event === event);
        if (index >= 0) return waiting.splice(index, 1)[0]?.data as T;
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) throw new Error("the stream has ended");
        text += decoder.decode(chunk.value, { stream: true });
        const parts = text.split("\n\n");
        text = parts.pop() ?? "";
        for (const part of parts) {
          const [, name = "", data = "null"] = /^event: (\w+)\ndata: (.*)$/s.exec(part) ?? [];
          waiting.push({ event: name, data: JSON.parse(data) });
        }
      }
    };
    return { next, close: () => stop.abort() };
  }
});

const GREEDY = `import { SQSClient, ListQueuesCommand } from "@aws-sdk/client-sqs";
export const handler = async () => {
  const refusal = await new SQSClient({}).send(new ListQueuesCommand({})).then(() => "none", (error) => error.name);
  return { statusCode: 200, body: refusal };
};
`;

/** The same handler, which fails when the event tells it to. */
function failing(code: string): string {
  const [, own = ""] = /(\w+) as handler/.exec(code) ?? [];
  return `${code.replace(/\w+ as handler/, "guarded as handler")}
const guarded = async (event, context) => {
  if (JSON.stringify(event).includes("fail")) throw new Error("told to");
  return ${own}(event, context);
};
`;
}

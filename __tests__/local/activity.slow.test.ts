import type { RunRecord } from "../../local/kernel/activity";
import { useRuntime } from "../support/use-runtime";

describe("what goes on behind the API", () => {
  const test = useRuntime();

  const runsOf = (name: string): RunRecord[] =>
    test.runtime.inside.activity.runs.filter(({ functionName }) => functionName.startsWith(name));

  it("leads from a request to the function's run, its calls, the message and the run that it caused", async () => {
    const answer = await test.send({ token: await test.token("MyUserPool1") });
    await test.runtime.settled();
    const [request] = test.runtime.traces.recent(1);
    const { activity, access } = test.runtime.inside;

    expect(answer.status).toBe(200);
    const run = runsOf("ExternalLambda1").find(({ cause }) => cause === request?.id);
    expect(run).toMatchObject({ outcome: "succeeded", cold: true, durationMs: expect.any(Number) });
    expect(run?.calls.map(({ operation, action, allowed }) => ({ operation, action, allowed }))).toEqual([
      { operation: "GetSecretValue", action: "secretsmanager:GetSecretValue", allowed: true },
      { operation: "Publish", action: "sns:Publish", allowed: true },
    ]);
    const message = activity.messages.find(({ cause }) => cause === run?.requestId);
    expect(message).toMatchObject({
      topicArn: run?.calls[1]?.resource,
      hops: [{ kind: "delivered", requestId: expect.any(String) }],
    });
    const [caused] = runsOf("InternalLambda").filter(({ cause }) => cause === message?.messageId);
    expect(caused).toMatchObject({ requestId: message?.hops[0]?.requestId, outcome: "succeeded" });
    const asked = await access.asked();
    expect(asked.find(({ request }) => request.action === "sns:Publish")?.decision.statement).toMatchObject({
      kind: "identity",
      policy: expect.stringMatching(/^aws_iam_role_policy\./),
    });
    expect(
      asked.find(
        ({ request }) => request.action === "lambda:InvokeFunction" && request.principal.kind === "service",
      )?.decision.statement,
    ).toMatchObject({ kind: "resource", policy: expect.stringMatching(/^aws_lambda_permission\./) });
  });

  it("keeps nothing of what was sent", async () => {
    await test.send({ token: await test.token("MyUserPool1"), body: { name: "Zebedee" } });
    await test.runtime.settled();
    const { activity } = test.runtime.inside;

    const kept = JSON.stringify([
      activity.runs.recent(),
      activity.messages.recent(),
      test.runtime.traces.recent(),
    ]);

    expect(kept).not.toContain("Zebedee");
    expect(kept).not.toContain("eyJ");
  });
});

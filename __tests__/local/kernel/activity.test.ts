import { Activity, type CallRecord, type RunRecord } from "../../../local/kernel/activity";

const principal = { kind: "role", roleArn: "role", arn: "session", accountId: "1", userId: "u" } as const;

function run(requestId: string, cause?: string): RunRecord {
  const place = { functionArn: "arn", functionName: "F", logGroup: "/aws/lambda/F", logStream: "s" };
  return { ...place, requestId, cause, at: 0, cold: false, outcome: "running", calls: [] };
}

function call(...messageIds: string[]): CallRecord {
  const what = { service: "sns", operation: "Publish", allowed: true, status: 200 };
  return { ...what, at: 0, principal, durationMs: 1, messageIds };
}

const header = (parent: number) => `Root=1-0;Parent=${String(parent).padStart(16, "0")};Sampled=0`;
const delivered = { at: 0, kind: "delivered", to: "arn", detail: "" } as const;

describe("what goes on behind the API", () => {
  it("begins with the request, however many messages and runs are between", () => {
    const activity = new Activity();
    activity.started(run("run-1", "request"), header(1));
    activity.called(call("message"), header(1));
    const caused = run("run-2", "message");
    activity.started(caused, header(2));

    expect(activity.beginningOf(caused)).toBe("request");
    expect(activity.beginningOf(run("run-3"))).toBeUndefined();
  });

  it("goes from a queue's message to the notification that it was sent for, also before anything is known of it", () => {
    const activity = new Activity();
    activity.started(run("run-1", "request"), header(1));
    activity.called(call("notification"), header(1));
    activity.sentFor("queued", "notification");
    const caused = run("run-2", "queued");

    expect(activity.beginningOf(caused)).toBe("request");
    activity.went("queued", delivered);
    expect(activity.messages.find(({ messageId }) => messageId === "queued")?.cause).toBe("notification");
    expect(activity.beginningOf(caused)).toBe("request");
  });

  it("has no beginning that is looked for without end, where a function publishes to the topic that invokes it", () => {
    const activity = new Activity();
    const ends = Array.from({ length: 80 }, (_item, index) => {
      const record = run(`run-${index}`, index === 0 ? "request" : `message-${index - 1}`);
      activity.started(record, header(index));
      activity.called(call(`message-${index}`), header(index));
      return activity.beginningOf(record);
    });

    expect([ends[10], ends[79]]).toEqual(["request", undefined]);
  });

  it("gives a call to the run whose trace header it sends, and one without a header to none", () => {
    const activity = new Activity();
    const [one, other] = [run("one"), run("other")];
    activity.started(one, header(1));
    activity.started(other, header(2));

    activity.called(call(), header(2));
    activity.called(call(), undefined);

    expect([one.calls.length, other.calls.length]).toEqual([0, 1]);
  });

  it("is bounded: the newest runs and messages, and the first calls and hops of each", () => {
    const activity = new Activity(3);
    const busy = run("run-4");
    for (const record of [run("run-1"), run("run-2"), run("run-3"), busy])
      activity.started(record, header(4));
    for (let count = 0; count < 200; count += 1) activity.called(call(), header(4));
    for (const id of ["m1", "m2", "m3", "m4"]) activity.went(id, delivered);
    for (let count = 0; count < 200; count += 1) activity.went("m4", delivered);

    expect(activity.runs.recent().map(({ requestId }) => requestId)).toEqual(["run-4", "run-3", "run-2"]);
    expect(activity.messages.recent().map(({ messageId }) => messageId)).toEqual(["m4", "m3", "m2"]);
    expect([busy.calls.length, activity.messages.recent()[0]?.hops.length]).toEqual([100, 20]);
  });

  it("tells its listeners of each change, and no longer after they have ended that", () => {
    const activity = new Activity();
    const changed: unknown[] = [];
    const stop = activity.onChanged((record) => changed.push(record));
    const record = run("run");
    activity.started(record, header(1));
    stop();
    activity.finished(record);

    expect(changed).toEqual([record]);
  });
});

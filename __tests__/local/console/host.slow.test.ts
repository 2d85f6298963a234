import { EditableDeployment } from "../../../local/console/editable-deployment";
import { plainFunctions } from "../../support/plain-functions";
import { startTestConsole, type TestConsole, useConsole } from "./running-console";

const EXTERNAL = "ExternalLambda1";

/** As a user of the API. */
async function greet(test: TestConsole) {
  const { people } = await test.get("GET /api/try");
  const person = people.find(({ kind }) => kind === "user")?.id ?? "";
  const request = { stage: "development", method: "POST", path: "/lambda1", body: '{"name":"Ada"}', person };
  const answer = (await test.post("POST /api/try", request)).data;
  await test.host.runtime.settled();
  return answer;
}

describe("a function's instance, when the services are started anew", () => {
  const test = useConsole({ edit: plainFunctions });
  /** Whether a request's run of the function was a cold start. */
  const isColdNow = async () => {
    const { status } = await greet(test());
    const { activity } = test().host.runtime.inside;
    const run = activity.runs.recent().find((one) => one.functionName === EXTERNAL);
    return [status, run?.cold];
  };
  beforeAll(isColdNow);

  it("goes on, as on AWS, where nothing of its function has changed", async () => {
    await test().post("POST /api/defences/switch", { ids: ["large-body-rule"], isOff: true });
    const without = await isColdNow();
    await test().post("POST /api/defences/reset", {});

    expect([without, await isColdNow()]).toEqual([
      [200, false],
      [200, false],
    ]);
  });

  it("does so with a log of its own, in the services of now", async () => {
    const reports = async () => {
      const { events } = await test().host.runtime.inside.call("logs", "FilterLogEvents", {
        logGroupName: `/aws/lambda/${EXTERNAL}`,
        filterPattern: "REPORT",
      });
      return (events as { logStreamName: string }[]).map(({ logStreamName }) => logStreamName);
    };
    const before = await reports();
    await test().host.serveWith(new Map());

    await isColdNow();

    expect(await reports()).toEqual([...before, before[0]]);
  });

  it("ends where its function is changed", async () => {
    await test().host.serveWith(
      new Map([
        [
          "memory",
          (copy) => {
            for (const fn of copy.ofType("aws_lambda_function")) fn.set("memory_size", 512);
          },
        ],
      ]),
    );

    expect(await isColdNow()).toEqual([200, true]);
  });

  it("ends where another deployment is served, in which the same place may have other code", async () => {
    await isColdNow();
    const { original } = test().host;
    await test().host.serve(new EditableDeployment(original).toDeployment());

    expect(await isColdNow()).toEqual([200, true]);
  });
});

describe("an instance that waits while the services are started anew", () => {
  /** A console whose function has run, in the process of that id, and waits. */
  async function waiting() {
    const own = await startTestConsole({
      edit: ({ edge }) =>
        edge.editCode(
          EXTERNAL,
          () => "export const handler = async () => ({ statusCode: 200, body: `${process.pid}` });",
        ),
    });
    const pid = Number((await greet(own)).body.text);
    await own.host.serveWith(new Map());
    return { own, pid, kept: isRunning(pid) };
  }

  it("does not outlive the host for which it was kept", async () => {
    const { own, pid, kept } = await waiting();

    await own.close();

    expect([kept, isRunning(pid)]).toEqual([true, false]);
  });

  it("does not outlive its code", async () => {
    const { own, pid, kept } = await waiting();

    await own.host.runtime.inside.ports.replaceCode(EXTERNAL, __dirname);

    expect([kept, isRunning(pid)]).toEqual([true, false]);
    await own.close();
  });
});

it("serves nothing anew once it is being closed", async () => {
  const own = await startTestConsole();
  const closing = own.host.close();

  await expect(own.host.serveWith(new Map())).rejects.toThrow("the services are being closed");
  await closing;
  await own.close();
  expect(own.host.generation).toBe(1);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

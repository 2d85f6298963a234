import { createServer } from "node:net";
import { describeError, reasonOf } from "../../../local/command/describe-error";
import { DeploymentError } from "../../../local/deployment/attributes";
import { FaultError } from "../../../local/fault-plan";
import { ListenError } from "../../../local/front-door/server";
import { UsageError, UserError } from "../../../local/kernel/user-error";
import { RouteError, StacksError } from "../../../stacks/common/errors";
import { SettingsError } from "../../../stacks/common/settings";

/** What the call failed with. */
async function failureOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

/** A port on which something listened that does not any more. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("an error", () => {
  it("for users has one base class, and in the stacks, which know nothing of local/, another", () => {
    const local = [new DeploymentError("a"), new FaultError("b"), new ListenError("c"), new UsageError("d")];
    const stacks = [new RouteError("a"), new SettingsError("b")];

    expect(local.filter((error) => !(error instanceof UserError))).toEqual([]);
    expect(stacks.filter((error) => !(error instanceof StacksError))).toEqual([]);
  });

  it.each([
    new UserError("no such file"),
    new UsageError("no such option"),
    new ListenError("port 80 needs more rights"),
    new FaultError("no such fault"),
    new DeploymentError("aws_sns_topic.T: no such attribute"),
    new SettingsError("no such setting"),
    new RouteError("no such route"),
  ])("that has a name of its own is meant for the user, and is its message: %s", (error) => {
    expect(describeError(error)).toBe(error.message);
  });

  it("that hides another, but has a name of its own, is its message all the same", () => {
    const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });

    expect(describeError(new UserError("moto has not started", { cause }))).toBe("moto has not started");
  });

  it.each([new Error("x"), new TypeError("x"), new RangeError("x"), new AggregateError([], "x")])(
    "that has a name of JavaScript's own is a defect, and is told with its stack: %s",
    (error) => {
      expect(describeError(error)).toMatch(/^\w*Error: x\n {4}at /);
    },
  );

  it("of fetch, where nothing answers, says so and what to do", async () => {
    const port = await deadPort();

    const error = await failureOf(() => fetch(`http://127.0.0.1:${port}`));

    expect(describeError(error)).toBe(
      `nothing answers (connect ECONNREFUSED 127.0.0.1:${port}): is the local runtime still running? npm start`,
    );
    expect(reasonOf(error)).toBe("no answer (ECONNREFUSED)");
  });

  it("of an SDK that tried several times and had no answer says the same", () => {
    const refused = { code: "ECONNREFUSED", syscall: "connect", $metadata: { attempts: 3 } };
    const error = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), refused);

    expect(describeError(error)).toMatch(/^nothing answers \(connect ECONNREFUSED 127\.0\.0\.1:9\): /);
    expect(reasonOf(error)).toBe("no answer (ECONNREFUSED)");
  });

  it("of a host with several addresses, none of which answers, names the first", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED ::1:9"), { code: "ECONNREFUSED" });

    expect(describeError(new AggregateError([refused, refused]))).toMatch(/^nothing answers \(connect/);
  });

  it("of a connection that is cut is one line", () => {
    const error = new TypeError("fetch failed", {
      cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }),
    });

    expect(describeError(error)).toMatch(
      /^the connection was cut \(other side closed\): is the local runtime/,
    );
  });

  it("of the operating system is one line", () => {
    const error = Object.assign(new Error("EACCES: permission denied, mkdir '/x'"), {
      code: "EACCES",
      syscall: "mkdir",
    });

    expect(describeError(error)).toBe("EACCES: permission denied, mkdir '/x'");
  });

  it("of AWS is its name and what AWS says", () => {
    const error = Object.assign(new Error("Incorrect username or password."), {
      name: "NotAuthorizedException",
      $metadata: {},
    });

    expect(describeError(error)).toBe("NotAuthorizedException: Incorrect username or password.");
    expect(reasonOf(error)).toBe("NotAuthorizedException: Incorrect username or password.");
  });

  it("of credentials that are missing is what the SDK says", () => {
    const error = Object.assign(new Error("Could not load credentials from any providers"), {
      name: "CredentialsProviderError",
    });

    expect(describeError(error)).toBe("Could not load credentials from any providers");
  });

  it("of an answer that does not come is told as such", () => {
    const error = new DOMException("The operation was aborted due to timeout", "TimeoutError");

    expect(describeError(error)).toMatch(/^no answer in time: /);
    expect(reasonOf(error)).toBe("no answer in time");
  });

  it.each([["a text"], [undefined]])("that is not an error at all, %j, is told too", (thrown) => {
    expect(describeError(thrown)).toBe(String(thrown));
    expect(reasonOf(thrown)).toBe(String(thrown));
  });
});

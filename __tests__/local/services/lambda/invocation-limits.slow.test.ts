import { AwsError } from "../../../../local/kernel/aws-error";
import { noFaults } from "../../../../local/kernel/faults";
import type { Principal } from "../../../../local/kernel/principal";
import { eventually } from "../../../support/eventually";
import { account, administrator, caught, functionArn, useWorlds, type World } from "./support";

const start = useWorlds({ warm: true });

const echo = "export const handler = async (event) => event;";

const invoke = (started: World, event: unknown = {}, principal: Principal = administrator) =>
  started.functions.invoke({ functionArn: functionArn("F"), payload: JSON.stringify(event), principal });

describe("who may invoke", () => {
  const gateway: Principal = {
    kind: "service",
    service: "apigateway.amazonaws.com",
    sourceArn: "arn:aws:execute-api:us-east-1:123456789012:a/*",
    sourceAccount: account,
  };

  test("is decided by the permission on the function, for services as for roles", async () => {
    const started = start({ functions: [{ name: "F", source: echo }] });
    started.access.deny = ({ principal }) => principal.kind === "service";

    const denied = await caught(invoke(started, {}, gateway));
    const deniedLater = await caught(
      started.functions.invokeAsync({ functionArn: functionArn("F"), payload: "{}", principal: gateway }),
    );
    const allowed = await invoke(started, 1);

    expect([denied.code, denied.status]).toEqual(["AccessDeniedException", 403]);
    expect(deniedLater.code).toBe("AccessDeniedException");
    expect(allowed.payload).toBe("1");
    expect(started.access.requests[0]).toEqual({
      principal: gateway,
      action: "lambda:InvokeFunction",
      resource: functionArn("F"),
    });
  });

  test.each([
    ["by ARN", functionArn("Gone"), functionArn("Gone")],
    ["by name", "Gone", functionArn("Gone")],
    ["by an alias it does not have", `${functionArn("F")}:live`, `${functionArn("F")}:live`],
    [
      "in another account",
      "arn:aws:lambda:us-east-1:999999999999:function:F",
      "arn:aws:lambda:us-east-1:999999999999:function:F",
    ],
  ])("nobody an unknown function %s", async (_, name, arn) => {
    const started = start({ functions: [{ name: "F", source: echo }] });

    const error = await caught(
      started.functions.invoke({ functionArn: name, payload: "{}", principal: administrator }),
    );

    expect(error).toMatchObject({
      code: "ResourceNotFoundException",
      status: 404,
      message: `Function not found: ${arn}`,
    });
  });

  test.each(["F", "function:F", `${account}:function:F`, functionArn("F"), `${functionArn("F")}:$LATEST`])(
    "finds the function as %s",
    async (name) => {
      const started = start({ functions: [{ name: "F", source: echo }] });

      const result = await started.functions.invoke({
        functionArn: name,
        payload: "7",
        principal: administrator,
      });

      expect(result.payload).toBe("7");
    },
  );
});

describe("payload limits", () => {
  test("refuse a synchronous request over 6 MB and an asynchronous one over 1 MB", async () => {
    const started = start({ functions: [{ name: "F", source: echo }] });
    const asynchronous = (length: number) =>
      started.functions.invokeAsync({
        functionArn: functionArn("F"),
        payload: JSON.stringify("x".repeat(length)),
        principal: administrator,
      });

    const errors = [
      await caught(invoke(started, "x".repeat(6_291_456))),
      await caught(asynchronous(1_048_576)),
    ];
    await asynchronous(1_000_000);

    expect(errors).toMatchObject([
      {
        code: "RequestEntityTooLargeException",
        status: 413,
        message:
          "6291458 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
      },
      {
        code: "RequestEntityTooLargeException",
        status: 413,
        message: "1048578 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
      },
    ]);
  });

  test("refuse what is not JSON", async () => {
    const started = start({ functions: [{ name: "F", source: echo }] });

    const error = await caught(
      started.functions.invoke({ functionArn: functionArn("F"), payload: "{", principal: administrator }),
    );

    expect(error).toMatchObject({ code: "InvalidRequestContentException", status: 400 });
  });

  test("replace an answer over 6 MB by Lambda's error", async () => {
    const started = start({
      functions: [{ name: "F", source: "export const handler = async ({ size }) => 'x'.repeat(size - 2);" }],
    });

    const fits = await invoke(started, { size: 6_291_556 });
    const tooLarge = await invoke(started, { size: 6_291_557 });

    expect(fits.ok).toBe(true);
    expect(tooLarge.ok).toBe(false);
    expect(JSON.parse(tooLarge.payload)).toEqual({
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    });
  });
});

describe("concurrency", () => {
  test("above the number of local instances waits in order", async () => {
    const started = start({
      functions: [
        {
          name: "F",
          source:
            "let runs = 0; export const handler = async (id) => { await new Promise(setImmediate); return [id, ++runs]; };",
        },
      ],
      options: { maxInstances: 1 },
    });

    const results = await Promise.all([1, 2, 3].map((id) => invoke(started, id)));

    expect(results.map((result) => JSON.parse(result.payload))).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(started.logs.group("/aws/lambda/F")?.streams.size).toBe(1);
  });

  test("above a function's reserved concurrency is throttled", async () => {
    const started = start({
      functions: [{ name: "F", source: echo, values: { reserved_concurrent_executions: 1 } }],
    });

    const first = invoke(started, 1);
    const error = await caught(invoke(started, 2));
    const results = [await first, await invoke(started, 3)];

    expect(error).toMatchObject({
      code: "TooManyRequestsException",
      status: 429,
      message: "Rate Exceeded.",
      members: { Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" },
    });
    expect(results.map((result) => result.payload)).toEqual(["1", "3"]);
  });

  test("of zero is always throttled", async () => {
    const started = start({
      functions: [{ name: "F", source: echo, values: { reserved_concurrent_executions: 0 } }],
    });

    const error = await caught(invoke(started));

    expect(error.code).toBe("TooManyRequestsException");
  });
});

describe("a fault of Lambda's", () => {
  test("fails the invocation before the function runs", async () => {
    const faults = {
      strike: (service: string) => Promise.reject(new AwsError("TooManyRequestsException", service, 429)),
    };
    const started = start({ functions: [{ name: "F", source: echo }], faults });

    const error = await caught(invoke(started));

    expect(error).toMatchObject({ code: "TooManyRequestsException", message: "lambda" });
    expect(started.log("F")).toEqual([]);
  });

  test("keeps an asynchronous event in the queue until it is over", async () => {
    let strikes = 3;
    const faults = {
      strike: () =>
        strikes-- > 0
          ? Promise.reject(new AwsError("TooManyRequestsException", "", 429))
          : noFaults.strike("lambda"),
    };
    const started = start({
      functions: [{ name: "F", source: "export const handler = async (event) => console.log(event);" }],
      faults,
    });

    await started.functions.invokeAsync({
      functionArn: functionArn("F"),
      payload: '"kept"',
      principal: administrator,
    });
    await started.functions.idle();

    expect(started.log("F").join("")).toContain("\tINFO\tkept\n");
    expect(strikes).toBe(-1);
  });
});

describe("closing", () => {
  test("fails what runs and what waits, and what comes afterwards", async () => {
    const started = start({
      functions: [
        {
          name: "F",
          source: "export const handler = () => new Promise((resolve) => setTimeout(resolve, 1e6));",
          values: { timeout: 900 },
        },
      ],
      options: { maxInstances: 1 },
    });
    const results = [invoke(started), invoke(started)];
    await eventually(() => started.log("F")[0]);

    await started.functions.close();

    const late = await invoke(started);
    const outcomes = [...(await Promise.all(results)), late];
    expect(outcomes.map((result) => (result.ok ? "ok" : result.cause))).toEqual(["crash", "crash", "crash"]);
    expect(JSON.parse(late.payload)).toMatchObject({ errorType: "Runtime.ExitError" });
  });

  test("drops events that wait for a retry", async () => {
    const started = start({
      functions: [{ name: "F", source: "export const handler = async () => { throw new Error('again'); };" }],
      options: { retryDelayScale: 1 },
    });
    await started.functions.invokeAsync({
      functionArn: functionArn("F"),
      payload: "{}",
      principal: administrator,
    });
    await eventually(() => started.log("F").find((line) => line.startsWith("REPORT")));

    await started.functions.close();
    await started.functions.idle();

    expect(started.log("F").filter((line) => line.startsWith("START"))).toHaveLength(1);
    expect(started.undelivered).toEqual([]);
  });
});

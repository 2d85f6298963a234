import { parseFaults } from "../../local/fault-plan";

const signal = new AbortController().signal;

describe("parseFaults", () => {
  test("a service without a fault is left alone", async () => {
    const faults = parseFaults(["sns:error"], { signal });

    await expect(faults.strike("sqs")).resolves.toBeUndefined();
  });

  test.each([
    ["sns:error", "sns", "InternalError", 500],
    ["sns:throttle", "sns", "Throttled", 429],
    ["lambda:throttle", "lambda", "TooManyRequestsException", 429],
    ["secretsmanager:error", "secretsmanager", "InternalServiceError", 500],
    ["sqs:throttle", "sqs", "RequestThrottled", 400],
    ["logs:error", "logs", "ServiceUnavailableException", 500],
    ["cognito-idp:throttle", "cognito-idp", "TooManyRequestsException", 400],
    ["sts:throttle", "sts", "Throttling", 400],
  ])("%s makes the service answer as it does on AWS", async (spec, service, code, status) => {
    const faults = parseFaults([spec], { signal });

    await expect(faults.strike(service)).rejects.toMatchObject({ name: "AwsError", code, status });
  });

  test("a rate strikes as often as the random numbers say", async () => {
    const numbers = [0.1, 0.3, 0.29];
    const faults = parseFaults(["sns:error:0.3"], { signal, random: () => numbers.shift() ?? 1 });

    await expect(faults.strike("sns")).rejects.toThrow();
    await expect(faults.strike("sns")).resolves.toBeUndefined();
    await expect(faults.strike("sns")).rejects.toThrow();
  });

  test("a rate of 1 always strikes and a rate of 0 never", async () => {
    const always = parseFaults(["sns:error:1"], { signal, random: () => 0.999 });
    const never = parseFaults(["sns:error:0"], { signal, random: () => 0 });

    await expect(always.strike("sns")).rejects.toThrow();
    await expect(never.strike("sns")).resolves.toBeUndefined();
  });

  test("a timeout waits longer than any client, then fails", async () => {
    const waits: number[] = [];
    const faults = parseFaults(["secretsmanager:timeout"], {
      signal,
      wait: async (milliseconds) => void waits.push(milliseconds),
    });

    await expect(faults.strike("secretsmanager")).rejects.toMatchObject({ status: 500 });
    expect(waits).toEqual([30_000]);
  });

  test("a timeout ends when the runtime stops", async () => {
    const stop = new AbortController();
    const faults = parseFaults(["secretsmanager:timeout"], { signal: stop.signal });

    const struck = faults.strike("secretsmanager");
    stop.abort();

    await expect(struck).rejects.toMatchObject({ code: "InternalServiceError" });
  });

  test.each([
    "sns",
    "sns:deny",
    "s3:error",
    "sns:error:2",
    "sns:error:-1",
    "sns:error:x",
    "sns:error:1:1",
    "constructor:error",
    "sns:error:",
    "",
  ])("refuses %p and says what is accepted", (spec) => {
    expect(() => parseFaults([spec], { signal })).toThrow(
      `--fault ${JSON.stringify(spec)} is not <service>:<mode> or <service>:<mode>:<rate>; services: logs, secretsmanager, sqs, sns, lambda, cognito-idp, wafv2, apigateway, sts; modes: error, timeout, throttle; rate: a number from 0 to 1`,
    );
  });
});

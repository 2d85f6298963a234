import { bindService } from "../../../../local/aws-api/service";
import type { Members } from "../../../../local/kernel/input";
import { lambda } from "../../../../local/services/lambda/service";
import { signedFor, startEndpoint } from "../../aws-api/running-endpoint";
import { administrator, caught, createWorld, functionArn, queueArn, type World } from "./support";

let world: World;

beforeAll(() => {
  world = createWorld({
    functions: [
      {
        name: "Echo",
        source:
          "export const handler = async (event) => { console.log('seen'); if (event.fail) throw new Error('asked'); return event; };",
      },
      {
        name: "Limited",
        source: "",
        values: {
          reserved_concurrent_executions: 2,
          timeout: 10,
          memory_size: 256,
          description: "d",
          architectures: ["arm64"],
          environment: [{ variables: { GREETING: "1" } }],
          dead_letter_config: [{ target_arn: queueArn("Dead") }],
        },
      },
    ],
  });
});

afterAll(() => world.close());

const context = { principal: administrator, requestId: "r", sourceIp: "127.0.0.1" };

async function call(operation: string, input: Members): Promise<Members> {
  return (await bindService(lambda, world.functions).operations[operation]?.handle(input, context)) ?? {};
}

const text = (output: Members) => String(output.Payload);

describe("Invoke", () => {
  test("answers with the function's result, its version and, when asked, the end of its log", async () => {
    const output = await call("Invoke", {
      FunctionName: "Echo",
      Payload: Buffer.from('{"a":1}'),
      LogType: "Tail",
    });

    expect(output).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
    expect(text(output)).toBe('{"a":1}');
    expect(Buffer.from(String(output.LogResult), "base64").toString()).toContain("\tINFO\tseen\n");
    expect(output).not.toHaveProperty("FunctionError");
  });

  test("marks a function's error, with status 200", async () => {
    const output = await call("Invoke", {
      FunctionName: functionArn("Echo"),
      Payload: Buffer.from('{"fail":true}'),
    });

    expect(output).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled" });
    expect(JSON.parse(text(output))).toMatchObject({ errorType: "Error", errorMessage: "asked" });
    expect(output).not.toHaveProperty("LogResult");
  });

  test("gives the handler an empty object where there is no payload", async () => {
    const output = await call("Invoke", { FunctionName: "Echo", Payload: Buffer.alloc(0) });

    expect(text(output)).toBe("{}");
  });

  test("queues an Event and answers 202 without a payload", async () => {
    const output = await call("Invoke", {
      FunctionName: "Echo",
      InvocationType: "Event",
      Payload: Buffer.from("{}"),
    });

    expect(output).toEqual({ StatusCode: 202, Payload: Buffer.alloc(0) });
  });

  test("runs nothing for a DryRun and answers 204", async () => {
    const before = world.log("Limited").length;

    const output = await call("Invoke", { FunctionName: "Limited", InvocationType: "DryRun" });

    expect(output).toEqual({ StatusCode: 204, Payload: Buffer.alloc(0) });
    expect(world.log("Limited")).toHaveLength(before);
  });

  test.each([
    ["an unknown function", { FunctionName: "Gone" }, "ResourceNotFoundException"],
    ["an unknown qualifier", { FunctionName: "Echo", Qualifier: "live" }, "ResourceNotFoundException"],
    ["an impossible name", { FunctionName: "a/b" }, "ValidationException"],
    ["no name", {}, "ValidationException"],
    ["an unknown invocation type", { FunctionName: "Echo", InvocationType: "Later" }, "ValidationException"],
  ])("refuses %s", async (_, input, code) => {
    const error = await caught(call("Invoke", input));

    expect(error.code).toBe(code);
  });

  test("takes from the headers what the API model has there", async () => {
    const endpoint = await startEndpoint([bindService(lambda, world.functions)]);
    const send = (headers: Record<string, string>) =>
      fetch(`${endpoint.url}/2015-03-31/functions/Echo/invocations`, {
        method: "POST",
        headers: { Authorization: signedFor("lambda"), ...headers },
      });

    const dryRun = await send({ "X-Amz-Invocation-Type": "DryRun" });
    const refused = await send({ "X-Amz-Invocation-Type": "DryRun", "X-Amz-Tenant-Id": "a|b" });
    await endpoint.close();

    expect(dryRun.status).toBe(204);
    expect([refused.status, refused.headers.get("x-amzn-errortype")]).toEqual([400, "ValidationException"]);
    expect(await refused.text()).toContain("Value 'a|b' at 'tenantId' failed to satisfy constraint");
  });

  test("asks for the permission on the function's ARN, whether it exists or not", () => {
    const { operations } = bindService(lambda, world.functions);

    const required = ["Echo", "Gone"].map((FunctionName) =>
      operations.Invoke?.permission?.({ FunctionName }),
    );

    expect(required).toEqual([
      { action: "lambda:InvokeFunction", resource: functionArn("Echo") },
      { action: "lambda:InvokeFunction", resource: functionArn("Gone") },
    ]);
  });
});

describe("reading functions", () => {
  test("GetFunctionConfiguration and GetFunction tell how the function is deployed", async () => {
    const configuration = await call("GetFunctionConfiguration", { FunctionName: "Limited" });
    const whole = await call("GetFunction", { FunctionName: "Limited" });

    expect(configuration).toMatchObject({
      FunctionName: "Limited",
      FunctionArn: functionArn("Limited"),
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 10,
      MemorySize: 256,
      Environment: { Variables: { GREETING: "1" } },
      DeadLetterConfig: { TargetArn: queueArn("Dead") },
      Architectures: ["arm64"],
      LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/Limited" },
    });
    expect(whole).toMatchObject({
      Configuration: configuration,
      Concurrency: { ReservedConcurrentExecutions: 2 },
    });
  });

  test("ListFunctions goes page by page", async () => {
    const first = await call("ListFunctions", { MaxItems: "1" });
    const second = await call("ListFunctions", { MaxItems: "1", Marker: first.NextMarker });

    expect([first.Functions, second.Functions]).toMatchObject([
      [{ FunctionName: "Echo" }],
      [{ FunctionName: "Limited" }],
    ]);
    expect(second).not.toHaveProperty("NextMarker");
  });

  test.each([{ MaxItems: "0" }, { Marker: "nowhere" }])("ListFunctions refuses %j", async (input) => {
    const error = await caught(call("ListFunctions", input));

    expect(error.code).toBe("ValidationException");
  });

  test("asks for the permission of each operation", () => {
    const { operations } = bindService(lambda, world.functions);

    const required = ["GetFunction", "GetFunctionConfiguration", "ListFunctions"].map((name) =>
      operations[name]?.permission?.({ FunctionName: "Echo" }),
    );

    expect(required).toEqual([
      { action: "lambda:GetFunction", resource: functionArn("Echo") },
      { action: "lambda:GetFunctionConfiguration", resource: functionArn("Echo") },
      { action: "lambda:ListFunctions", resource: "*" },
    ]);
  });
});

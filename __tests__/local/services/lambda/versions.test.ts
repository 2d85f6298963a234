import { bindService } from "../../../../local/aws-api/service";
import type { Members } from "../../../../local/kernel/input";
import { lambda } from "../../../../local/services/lambda/service";
import { administrator, caught, createWorld, functionArn, queueArn, type World } from "./support";

const source =
  "let runs = 0; export const handler = async (event, context) => { if (event.fail) throw new Error('asked'); return { runs: ++runs, version: context.functionVersion, env: process.env.AWS_LAMBDA_FUNCTION_VERSION, arn: context.invokedFunctionArn, stream: context.logStreamName }; };";
const arn = functionArn("F");

let world: World;

beforeAll(() => {
  world = createWorld({
    functions: [{ name: "F", source, values: { version: "7" } }],
    resources: [
      ["aws_lambda_alias", { function_name: "F", name: "live", function_version: "7", description: "d" }],
      ["aws_lambda_alias", { function_name: arn, name: "next", function_version: "$LATEST" }],
      ["aws_sqs_queue", { name: "Failed", arn: queueArn("Failed") }],
      [
        "aws_lambda_function_event_invoke_config",
        {
          function_name: "F",
          qualifier: "live",
          maximum_retry_attempts: 0,
          destination_config: [{ on_failure: [{ destination: queueArn("Failed") }] }],
        },
      ],
    ],
  });
});

afterAll(() => world.close());

const invoke = async (functionArn: string) => {
  const { payload } = await world.functions.invoke({ functionArn, payload: "{}", principal: administrator });
  return JSON.parse(payload);
};

const call = async (operation: string, input: Members): Promise<Members> =>
  (await bindService(lambda, world.functions).operations[operation]?.handle(input, {
    principal: administrator,
    requestId: "r",
    sourceIp: "127.0.0.1",
  })) ?? {};

describe("an alias", () => {
  test("invokes its version, in instances of the version's own", async () => {
    const latest = await invoke(arn);
    const live = await invoke(`${arn}:live`);
    const published = await invoke(`${arn}:7`);

    expect(latest).toMatchObject({ runs: 1, version: "$LATEST", env: "$LATEST", arn });
    expect(live).toMatchObject({ runs: 1, version: "7", env: "7", arn: `${arn}:live` });
    expect(published).toMatchObject({ runs: 2, version: "7", arn: `${arn}:7` });
    expect(live.stream).toMatch(/\/\[7\][0-9a-f]{32}$/);
    expect(world.log("F").join("")).toMatch(/START RequestId: \S+ Version: 7\n/);
  });

  test("of $LATEST invokes $LATEST", async () => {
    expect(await invoke(`${arn}:next`)).toMatchObject({ version: "$LATEST", arn: `${arn}:next` });
  });

  test("needs a permission of its own", async () => {
    const before = world.access.requests.length;
    await invoke(`${arn}:live`);

    expect(world.access.requests.slice(before)).toContainEqual(
      expect.objectContaining({ action: "lambda:InvokeFunction", resource: `${arn}:live` }),
    );
  });

  test("has event settings of its own, and its name in the record of what failed", async () => {
    await world.functions.invokeAsync({
      functionArn: `${arn}:live`,
      payload: '{"fail":true}',
      principal: administrator,
    });
    await world.functions.idle();

    const [record] = world.queues.byArn(queueArn("Failed"))?.receive(10) ?? [];
    expect(JSON.parse(record?.body ?? "{}")).toMatchObject({
      requestContext: {
        functionArn: `${arn}:live`,
        condition: "RetriesExhausted",
        approximateInvokeCount: 1,
      },
      responseContext: { executedVersion: "7", functionError: "Unhandled" },
    });
  });

  test.each([`${arn}:gone`, `${arn}:3`, "F:gone"])("that is not there is not found: %s", async (name) => {
    const error = await caught(invoke(name));

    const qualifier = name.slice(name.lastIndexOf(":") + 1);
    expect(error).toMatchObject({
      code: "ResourceNotFoundException",
      message: `Function not found: ${arn}:${qualifier}`,
    });
  });
});

describe("the API", () => {
  test("answers with the version that ran", async () => {
    const output = await call("Invoke", { FunctionName: "F", Qualifier: "live" });

    expect(output).toMatchObject({ StatusCode: 200, ExecutedVersion: "7" });
  });

  test("shows the aliases and the versions", async () => {
    const live = { AliasArn: `${arn}:live`, Name: "live", FunctionVersion: "7", Description: "d" };

    expect(await call("GetAlias", { FunctionName: "F", Name: "live" })).toEqual(live);
    expect(await call("ListAliases", { FunctionName: "F" })).toMatchObject({
      Aliases: [live, { Name: "next", FunctionVersion: "$LATEST" }],
    });
    expect(await call("ListAliases", { FunctionName: "F", FunctionVersion: "7" })).toEqual({
      Aliases: [live],
    });
    expect(await call("ListVersionsByFunction", { FunctionName: "F" })).toMatchObject({
      Versions: [
        { FunctionArn: arn, Version: "$LATEST" },
        { FunctionArn: `${arn}:7`, Version: "7" },
      ],
    });
    expect(await call("GetFunctionConfiguration", { FunctionName: "F", Qualifier: "live" })).toMatchObject({
      FunctionArn: `${arn}:live`,
      Version: "7",
    });
    expect(await call("ListFunctions", { FunctionVersion: "ALL" })).toMatchObject({
      Functions: [{ Version: "$LATEST" }, { Version: "7" }],
    });
    expect(await caught(call("GetAlias", { FunctionName: "F", Name: "gone" }))).toMatchObject({
      code: "ResourceNotFoundException",
      message: `Cannot find alias arn: ${arn}:gone`,
    });
  });

  test("asks for the permission on the alias that is invoked", () => {
    const { operations } = bindService(lambda, world.functions);

    const asked = [{}, { Qualifier: "live" }, { Qualifier: "$LATEST" }].map(
      (qualifier) => operations.Invoke?.permission?.({ FunctionName: "F", ...qualifier })?.resource,
    );

    expect(asked).toEqual([arn, `${arn}:live`, arn]);
  });
});

import { bindService } from "../../../../local/aws-api/service";
import type { Value } from "../../../../local/deployment/attributes";
import { AwsError } from "../../../../local/kernel/aws-error";
import type { Members } from "../../../../local/kernel/input";
import { ledger } from "../../../../local/load";
import { readFunctions } from "../../../../local/services/lambda/function-settings";
import { lambda } from "../../../../local/services/lambda/service";
import { deploymentOf } from "../../../support/deployment";
import { RecordedAnswers } from "../../../support/recorded-answers";
import { administrator, createWorld, functionArn, queueArn, roleArn, type World } from "./support";

/**
 * How AWS answered localstack's AWS-validated tests (tests/aws/services/lambda_/*.snapshot.json), as far as the local
 * runtime serves what they try. The facts are written here anew: what was asked, and code, message and status or payload.
 * A recording of a Python function is tried with the same function for Node.js.
 */

const arn = functionArn("my-function");
const pattern =
  "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";
const long = "a".repeat(65);

const invalidName = (name: string) =>
  [
    "ValidationException",
    `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
    400,
  ] as const;
const notFound = (missing: string) =>
  ["ResourceNotFoundException", `Function not found: ${missing}`, 404] as const;
const invalidQualifier = (value: string, constraint: string) =>
  [
    "ValidationException",
    `1 validation error detected: Value '${value}' at 'qualifier' failed to satisfy constraint: ${constraint}`,
    400,
  ] as const;
const mismatch = [
  "InvalidParameterValueException",
  "The derived qualifier from the function name does not match the specified qualifier.",
  400,
] as const;
const wrongRegion = [
  "ResourceNotFoundException",
  "Functions from 'us-west-2' are not reachable in this region ('us-east-1')",
  404,
] as const;

type Refusal = readonly [code: string, message: string, status: number];

/** Each tried with Invoke and with GetFunction. */
const names: readonly (readonly [recording: string, input: Members, both: Refusal, invoke?: Refusal])[] = [
  ["function_name_is_single_invalid", { FunctionName: "*" }, invalidName("*")],
  ["invalid_characters_in_function_name", { FunctionName: "my-function!" }, invalidName("my-function!")],
  ...[
    ["invalid_account_id_in_partial_arn", "invalid-account:function:my-function"],
    ["invalid_region_in_arn", "arn:aws:lambda:invalid-region:123456789012:function:my-function"],
    ["non_lambda_arn", "arn:aws:ec2:us-east-1:123456789012:instance:i-1234567890abcdef0"],
    ["full_arn_with_multiple_qualifiers", `${arn}:1:2`],
    ["partial_arn_with_extra_qualifier", "function:my-function:$LATEST:extra"],
    ["missing_region_in_arn", "arn:aws:lambda::123456789012:function:my-function"],
    ["missing_account_id_in_arn", "arn:aws:lambda:us-east-1::function:my-function"],
    ["misspelled_latest_in_arn", `${arn}:$LATES`],
    ["test_invalid_invoke", "arn:aws:lambda:us-east-1:123400000000@function:myfn"],
  ].map(([recording = "", name = ""]) => [recording, { FunctionName: name }, invalidName(name)] as const),
  [
    "function_name_too_long",
    { FunctionName: long },
    notFound(functionArn(long)),
    notFound(`${functionArn(long)}:$LATEST`),
  ],
  ["qualifier_too_long1", { FunctionName: `my-function:${long}` }, notFound(`${arn}:${long}`)],
  [
    "incomplete_arn",
    { FunctionName: "arn:aws:lambda:us-east-1:123456789012:function" },
    notFound(functionArn("function")),
    notFound(`${functionArn("function")}:$LATEST`),
  ],
  ["lowercase_latest_qualifier", { FunctionName: arn, Qualifier: "$latest" }, notFound(`${arn}:$latest`)],
  ["latest_version_with_additional_qualifier", { FunctionName: `${arn}:$LATEST`, Qualifier: "1" }, mismatch],
  ["test_ops_with_arn_qualifier_mismatch", { FunctionName: `${arn}:1`, Qualifier: "$LATEST" }, mismatch],
  [
    "invalid_characters_in_qualifier",
    { FunctionName: "my-function", Qualifier: "invalid!" },
    invalidQualifier(
      "invalid!",
      "Member must satisfy regular expression pattern: \\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
    ),
  ],
  [
    "qualifier_too_long",
    { FunctionName: "my-function", Qualifier: "a".repeat(129) },
    invalidQualifier("a".repeat(129), "Member must have length less than or equal to 128"),
  ],
  [
    "test_ops_on_nonexisting_version",
    { FunctionName: "Echo", Qualifier: "1221" },
    notFound(`${functionArn("Echo")}:1221`),
  ],
  [
    "test_ops_on_nonexisting_fn, test_invoke_exceptions",
    { FunctionName: "doesnotexist" },
    notFound(functionArn("doesnotexist")),
    notFound(`${functionArn("doesnotexist")}:$LATEST`),
  ],
  [
    "test_get_function_wrong_region",
    { FunctionName: "arn:aws:lambda:us-west-2:123456789012:function:my-function" },
    wrongRegion,
  ],
];

const context =
  "aws_request_id: c.awsRequestId, function_name: c.functionName, function_version: c.functionVersion, invoked_function_arn: c.invokedFunctionArn, log_group_name: c.logGroupName, log_stream_name: c.logStreamName";
const functions = {
  Echo: "export const handler = async (event) => { console.log(JSON.stringify(event)); return event; };",
  Counter: "let counter = 0; export const handler = async () => ({ counter: counter++ });",
  Quiet: "export const handler = async () => {};",
  Environment: "export const handler = async () => ({ Hello: process.env.Hello });",
  Introspect: `export const handler = async (e, c) => ({ ${context} });`,
  Uncaught: "export const handler = async ({ error_msg }) => { throw new Error(`Error: ${error_msg}`); };",
  ExitInit: "process.exit(0);",
  ExitHandler: "export const handler = async () => process.exit(0);",
  Large: "export const handler = async () => 'x'.repeat(6 * 1024 * 1024 + 101);",
  NoWrapper: "export const handler = async () => 1;",
} as const;
type Name = keyof typeof functions;

/** What an invocation came to: the members that the recording shows. */
const invocations: readonly (readonly [recording: string, name: Name, input: Members, output: Members])[] = [
  [
    "test_lambda_cache_local",
    "Counter",
    {},
    { Payload: { counter: 0 }, ExecutedVersion: "$LATEST", StatusCode: 200 },
  ],
  ["test_lambda_cache_local, second", "Counter", {}, { Payload: { counter: 1 }, StatusCode: 200 }],
  [
    "test_invocation_type_request_response",
    "Echo",
    {},
    { Payload: {}, ExecutedVersion: "$LATEST", StatusCode: 200 },
  ],
  ["test_invocation_type_event", "Echo", { InvocationType: "Event" }, { Payload: "", StatusCode: 202 }],
  ["test_invocation_type_dry_run", "Echo", { InvocationType: "DryRun" }, { Payload: "", StatusCode: 204 }],
  [
    "test_invocation_type_no_return_payload, RequestResponse",
    "Quiet",
    {},
    { Payload: null, StatusCode: 200 },
  ],
  [
    "test_invocation_type_no_return_payload, Event",
    "Quiet",
    { InvocationType: "Event" },
    { Payload: "", StatusCode: 202 },
  ],
  ["test_lambda_environment", "Environment", {}, { Payload: { Hello: "World" }, StatusCode: 200 }],
  [
    "test_introspection_invoke",
    "Introspect",
    {},
    {
      Payload: {
        aws_request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        function_name: "Introspect",
        function_version: "$LATEST",
        invoked_function_arn: functionArn("Introspect"),
        log_group_name: "/aws/lambda/Introspect",
        log_stream_name: expect.stringContaining("[$LATEST]"),
      },
    },
  ],
  [
    "test_uncaught_exception_invoke",
    "Uncaught",
    { Payload: Buffer.from('{"error_msg":"some_error_msg"}') },
    {
      FunctionError: "Unhandled",
      Payload: { errorType: "Error", errorMessage: "Error: some_error_msg", trace: expect.any(Array) },
    },
  ],
  ...(["ExitInit", "ExitHandler"] as const).map(
    (name) =>
      [
        name === "ExitInit" ? "test_lambda_runtime_exit" : "test_lambda_handler_exit",
        name,
        {},
        {
          FunctionError: "Unhandled",
          Payload: {
            errorType: "Runtime.ExitError",
            errorMessage: expect.stringMatching(
              /^RequestId: \S{36} Error: Runtime exited without providing a reason$/,
            ),
          },
        },
      ] as const,
  ),
  [
    "test_lambda_runtime_wrapper_not_found",
    "NoWrapper",
    {},
    {
      FunctionError: "Unhandled",
      Payload: {
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringMatching(/Error: Runtime exited with error: exit status 127$/),
      },
    },
  ],
  [
    "test_lambda_too_large_response",
    "Large",
    {},
    {
      FunctionError: "Unhandled",
      Payload: {
        errorType: "Function.ResponseSizeTooLarge",
        errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
      },
    },
  ],
];

type Values = Record<string, Value>;
type Refused = readonly [recording: string, values: Values, message: string];
/** What CreateFunction and its like refused: here it stops the start. */
const deployments: readonly Refused[] = [
  [
    "test_create_lambda_exceptions, role",
    { role: "r1" },
    "Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
  ],
  [
    "test_create_lambda_exceptions, architectures",
    { architectures: ["x86_64", "arm64"] },
    "Member must have length less than or equal to 1",
  ],
  [
    "test_create_lambda_exceptions, architecture",
    { architectures: ["X86_64"] },
    "Member must satisfy enum value set: [x86_64, arm64]",
  ],
  ...["nodejs12.x", "nodejs14.x"].map(
    (runtime) =>
      [
        `test_create_deprecated_function_runtime, ${runtime}`,
        { runtime },
        `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
      ] as const,
  ),
  ...[
    new Map([["LARGE_VAR", 4096]]),
    new Map([
      ["SMALL_VAR", 2],
      ["LARGE_VAR", 4064],
    ]),
  ].map(
    (lengths): Refused => [
      `test_large_environment_variables_fails, ${[...lengths.keys()]}`,
      {
        environment: [
          {
            variables: Object.fromEntries([...lengths].map(([name, length]) => [name, "x".repeat(length)])),
          },
        ],
      },
      "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit",
    ],
  ),
];

const facts = new RecordedAnswers("Lambda, as far as it invokes and describes functions", {
  full_arn_and_qualifier_too_long_and_invalid_region: "AWS lists both problems, here the first one is named.",
  test_lambda_invoke_payload_encoding_error:
    "AWS repeats the words of its JSON parser, here those of Node.js; code and status agree.",
  "test_create_lambda_exceptions, runtime":
    "AWS lists the runtimes that it supports today, here those that its API model has are listed.",
  test_lambda_runtime_exit_segfault: "AWS ran into the timeout, here the signal is reported.",
});

let world: World;

beforeAll(() => {
  const values: Partial<Record<Name, Values>> = {
    Environment: { environment: [{ variables: { Hello: "World" } }] },
    NoWrapper: { environment: [{ variables: { AWS_LAMBDA_EXEC_WRAPPER: "/idontexist" } }] },
  };
  world = createWorld({
    functions: Object.entries(functions).map(([name, source]) => ({
      name,
      source,
      ...(values[name as Name] && { values: values[name as Name] ?? {} }),
    })),
  });
});

afterAll(() => world.close());

const call = async (operation: string, input: Members): Promise<Members> =>
  (await bindService(lambda, world.functions).operations[operation]?.handle(input, {
    principal: administrator,
    requestId: "r",
    sourceIp: "127.0.0.1",
  })) ?? {};

describe.each(["GetFunction", "Invoke"])("%s answers as recorded", (operation) => {
  const rows = names.map(([recording, input, both, invoke = both]) => ({
    recording,
    input,
    answer: operation === "Invoke" ? invoke : both,
  }));

  test.each(facts.rows(rows))("$recording", async ({ input, answer }) => {
    const refusal = await call(operation, input).catch((error: unknown) => error);

    const { code, message, status } = refusal instanceof AwsError ? refusal : new AwsError("none", "");
    expect([code, message, status]).toEqual(answer);
  });
});

test.each(facts.rows(invocations))(
  "an invocation answers as recorded: %s",
  async (_, name, input, output) => {
    const answer = await call("Invoke", { FunctionName: name, ...input });

    const text = String(answer.Payload);
    expect({ ...answer, Payload: text === "" ? "" : JSON.parse(text) }).toMatchObject(output);
  },
);

facts.fact("the log is as recorded: test_invocation_with_logs", async () => {
  const { LogResult } = await call("Invoke", { FunctionName: "Echo", LogType: "Tail" });

  const id = "[0-9a-f-]{36}";
  expect(Buffer.from(String(LogResult), "base64").toString()).toMatch(
    new RegExp(
      `^START RequestId: ${id} Version: \\$LATEST\\n\\S+\\t${id}\\tINFO\\t{}\\nEND RequestId: ${id}\\nREPORT RequestId: ${id}\\tDuration: [\\d.]+ ms\\tBilled Duration: \\d+ ms\\tMemory Size: 128 MB\\tMax Memory Used: \\d+ MB(\\tInit Duration: [\\d.]+ ms)?\\t\\n$`,
    ),
  );
});

test.each(facts.rows(deployments))("a deployment is refused as recorded: %s", (_, values, message) => {
  const fn = {
    function_name: "F",
    handler: "index.handler",
    role: roleArn("F"),
    runtime: "nodejs22.x",
    filename: "F.zip",
    ...values,
  };
  const archive = { output_path: "F.zip", source_dir: __dirname };

  const deployment = deploymentOf(["aws_lambda_function", fn], ["data.archive_file", archive]);
  const read = () => {
    ledger.requireAcceptable(deployment);
    return readFunctions(deployment);
  };

  expect(read).toThrow(message);
});

facts.fact("a function is not its own destination: test_lambda_eventinvokeconfig_exceptions", () => {
  const fn = {
    function_name: "F",
    handler: "i.h",
    role: roleArn("F"),
    runtime: "nodejs22.x",
    filename: "F.zip",
  };
  const config = (destination: string) => ({
    function_name: "F",
    destination_config: [{ on_success: [{ destination }] }],
  });
  const read = (destination: string) =>
    readFunctions(
      deploymentOf(
        ["aws_lambda_function", fn],
        ["data.archive_file", { output_path: "F.zip", source_dir: __dirname }],
        ["aws_lambda_function_event_invoke_config", config(destination)],
      ),
    );

  expect(() => read(functionArn("F"))).toThrow("You can't specify the function as a destination for itself.");
  expect(read(queueArn("Q"))).toHaveLength(1);
});

facts.holdInDocs("lambda");

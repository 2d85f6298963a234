import { BundleError } from "../../../stacks/common/bundle";
import type { HandlerFunctionProps } from "../../../stacks/common/handler-function";
import { addGreeter, GREETER_COUNTS } from "../support/greeter";
import { statements } from "../support/stack-json";
import { synthesizeConstruct } from "../support/synthesized-construct";

const synthesize = (changes: Partial<HandlerFunctionProps> = {}) =>
  synthesizeConstruct((scope) => addGreeter(scope, changes));

const stack = synthesize();

describe("a handler's function", () => {
  it("is traced, and may send traces, only where tracing is on", () => {
    const traced = synthesize({ tracing: true });
    const sids = (found: typeof stack) =>
      statements(found.only("aws_iam_role_policy").policy).map(({ Sid }) => Sid);

    expect(traced.only("aws_lambda_function").tracing_config).toEqual({ mode: "Active" });
    expect(statements(traced.only("aws_iam_role_policy").policy)).toContainEqual({
      Sid: "Traces",
      Effect: "Allow",
      Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      Resource: "*",
    });
    expect(stack.only("aws_lambda_function")).not.toHaveProperty("tracing_config");
    expect(sids(stack)).toEqual(["OwnLog", "Read"]);
  });

  it("is one function with one role, one policy, one log group and one archive", () => {
    expect(stack.counts).toEqual(GREETER_COUNTS);
  });

  it("has the memory, the time and the environment that it is given", () => {
    expect(stack.only("aws_lambda_function")).toMatchObject({
      function_name: "Greeter-staging",
      memory_size: 192,
      timeout: 7,
      environment: { variables: { GREETING: "Hello", NODE_OPTIONS: "--enable-source-maps" } },
    });
  });

  it("runs the handler's bundle, from an archive in the stack's own folder", () => {
    const [archive] = Object.values(stack.dataSources("archive_file"));

    expect(archive).toEqual({
      type: "zip",
      source_dir: expect.stringMatching(/^assets\/[^/]+\/internal$/),
      output_path: "archives/Greeter.zip",
    });
  });

  it("is created after its permissions and its log group", () => {
    expect(stack.only("aws_lambda_function").depends_on).toEqual([stack.addressOf("aws_iam_role_policy")]);
    expect(stack.only("aws_iam_role_policy").policy).toContain(stack.addressOf("aws_cloudwatch_log_group"));
  });

  it("writes to a log group of its own, which expires", () => {
    expect(stack.only("aws_cloudwatch_log_group")).toEqual({
      name: "/aws/lambda/Greeter-staging",
      retention_in_days: 30,
    });
  });

  it("may write its log and do what it is permitted", () => {
    expect(statements(stack.only("aws_iam_role_policy").policy)).toEqual([
      {
        Sid: "OwnLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `\${${stack.addressOf("aws_cloudwatch_log_group")}.arn}:*`,
      },
      { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" },
    ]);
  });

  it("may do nothing else without a permission", () => {
    const bare = synthesize({ permissions: [] });

    expect(statements(bare.only("aws_iam_role_policy").policy).map(({ Sid }) => Sid)).toEqual(["OwnLog"]);
  });

  it("runs as a role that Lambda alone takes on", () => {
    expect(statements(stack.only("aws_iam_role").assume_role_policy)).toEqual([
      {
        Sid: "Service",
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    ]);
  });

  it("is not created from a handler that is not there", () => {
    expect(() => synthesize({ handler: "nobody" })).toThrow(BundleError);
  });
});

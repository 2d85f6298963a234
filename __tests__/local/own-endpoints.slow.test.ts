import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseOwnEndpoints } from "../../local/own-endpoints";
import { runWords } from "../cli/support/run-words";
import { startTestRuntime } from "../support/local-runtime";
import { administrator, functionArn, useWorlds } from "./services/lambda/support";

const createWorld = useWorlds();

test("a function's SDK calls the endpoint of its service, and for others that of the runtime", async () => {
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(String(request.headers["x-amz-target"]));
    response.setHeader("Content-Type", "application/x-amz-json-1.0");
    response.end(JSON.stringify({ QueueUrls: ["own"] }));
  }).listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const source = `import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
      export const handler = async () => [(await new SQSClient().send(new ListQueuesCommand({}))).QueueUrls, process.env.AWS_ENDPOINT_URL];`;
    const world = createWorld({
      functions: [{ name: "F", source }],
      options: { functionVariables: () => ({ AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${port}` }) },
    });
    const { payload } = await world.functions.invoke({
      ...{ functionArn: functionArn("F"), payload: "{}", principal: administrator },
    });

    expect(JSON.parse(payload)).toEqual([["own"], "http://127.0.0.1:3000"]);
    expect(received).toEqual(["AmazonSQS.ListQueues"]);
  } finally {
    server.close();
  }
});

test("a runtime gives its functions the endpoints, and says so", async () => {
  const ownEndpoints = parseOwnEndpoints(["dynamodb=http://localhost:8000"], []);
  const allowed = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" },
  });
  const served = await startTestRuntime({
    ownEndpoints,
    edit: ({ edge }) =>
      edge.add("aws_iam_role_policy.Table", {
        role: "${aws_iam_role.ExternalLambda1.name}",
        policy: allowed,
      }),
  });
  const folder = mkdtempSync(join(tmpdir(), "own-endpoints-"));
  writeFileSync(
    join(folder, "index.mjs"),
    "export const handler = async () => process.env.AWS_ENDPOINT_URL_DYNAMODB;",
  );
  try {
    const { ports, call, deployment } = served.runtime.inside;
    const endpointOf = async (name: string) => {
      const functions = deployment.ofType("aws_lambda_function");
      const FunctionName =
        functions.find(({ address }) => address.endsWith(name))?.string("function_name") ?? "";
      await ports.replaceCode(FunctionName, folder);
      return String((await call("lambda", "Invoke", { FunctionName })).Payload);
    };

    expect(await endpointOf("ExternalLambda1")).toBe('"http://localhost:8000"');
    expect(await endpointOf("ExternalLambda2")).toBe("null");
    expect(served.runtime.warnings).toContainEqual(expect.stringMatching(/^dynamodb: functions call/));
  } finally {
    rmSync(folder, { recursive: true });
    await served.close();
  }
});

test("npm start refuses what is not an endpoint, before it synthesizes anything", async () => {
  expect(await runWords(["start", "--service", "sqs=http://localhost:1"])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("the local runtime serves sqs itself"),
  });
  expect(await runWords(["start", "--service", "s3=http://minio", "--service-host", "other"])).toMatchObject({
    stderr: expect.stringContaining("add --service-host minio"),
  });
});

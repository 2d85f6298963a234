import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import {
  type APIGatewayClient,
  CreateRestApiCommand,
  GetMethodCommand,
  GetResourcesCommand,
  PutMethodCommand,
  UpdateMethodCommand,
  UpdateModelCommand,
} from "@aws-sdk/client-api-gateway";
import { CreateTopicCommand, ListTopicsCommand } from "@aws-sdk/client-sns";
import { eventually } from "../support/local-runtime";
import { AwsAccount } from "./support/aws-account";
import { type MotoServer, startMotoServer } from "./support/moto-server";

const python = String(process.env.TERRAFORM_TESTS_PYTHON);

describe("the AWS API on this machine", () => {
  let moto: MotoServer;
  let aws: AwsAccount;

  beforeAll(async () => {
    moto = await startMotoServer(python);
    aws = new AwsAccount(moto.endpoint);
  });

  afterAll(async () => {
    aws?.destroy();
    await moto?.stop();
  });

  it("forgets everything when it is reset", async () => {
    await aws.sns.send(new CreateTopicCommand({ Name: "names" }));

    await moto.reset();

    expect((await aws.sns.send(new ListTopicsCommand({}))).Topics).toEqual([]);
  });

  it("changes a method in place", async () => {
    const method = await createMethod(aws.apiGateway);

    await aws.apiGateway.send(
      new UpdateMethodCommand({
        ...method,
        patchOperations: [
          { op: "replace", path: "/apiKeyRequired", value: "true" },
          { op: "replace", path: "/requestModels/application~1json", value: "New" },
          { op: "remove", path: "/requestModels/text~1plain" },
        ],
      }),
    );

    expect(await aws.apiGateway.send(new GetMethodCommand(method))).toMatchObject({
      apiKeyRequired: true,
      requestModels: { "application/json": "New" },
      authorizationType: "NONE",
    });
  });

  it("says at once what it cannot do, where clients would go on asking for minutes", async () => {
    const asked = aws.apiGateway.send(new UpdateModelCommand({ restApiId: "x", modelName: "y" }));

    await expect(asked).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("update_model"),
      $metadata: { httpStatusCode: 501, attempts: 1 },
    });
  });

  it("ends with the process that started it, even when that is killed", async () => {
    const starter = spawn(
      process.execPath,
      ["--require", "./typescript.js", path.join(__dirname, "support", "start-moto.ts"), python],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const [endpoint] = await once(createInterface({ input: starter.stdout }), "line");
    expect((await fetch(`${endpoint}/moto-api/`)).ok).toBe(true);

    starter.kill("SIGKILL");

    await eventually(() =>
      fetch(`${endpoint}/moto-api/`).then(
        () => undefined,
        () => true,
      ),
    );
  });

  it("says what it said itself when it does not start", async () => {
    await expect(startMotoServer("/bin/false")).rejects.toThrow("moto has not started");
    await expect(startMotoServer("/not/there")).rejects.toThrow(/moto cannot be started: .*ENOENT/);
  });
});

async function createMethod(client: APIGatewayClient) {
  const { id: restApiId } = await client.send(new CreateRestApiCommand({ name: "api" }));
  const { items = [] } = await client.send(new GetResourcesCommand({ restApiId }));
  const method = { restApiId, resourceId: items[0]?.id, httpMethod: "POST" };
  await client.send(
    new PutMethodCommand({
      ...method,
      authorizationType: "NONE",
      requestModels: { "application/json": "Old", "text/plain": "Old" },
    }),
  );
  return method;
}

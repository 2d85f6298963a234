import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { PublishCommand } from "@aws-sdk/client-sns";
import { createClients } from "../../../lambda-src/external/clients";

/** Refuses whatever it is asked: the SDK makes its HTTP settings final with the first request. */
const refusing = createServer((_, response) => response.writeHead(400).end());
const before = { ...process.env };

beforeAll(async () => {
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${await listen(refusing)}`;
  process.env.AWS_REGION = "eu-central-1";
  process.env.AWS_ACCESS_KEY_ID = "AKIAEXAMPLE";
  process.env.AWS_SECRET_ACCESS_KEY = "example";
});

afterAll(async () => {
  process.env = before;
  await new Promise((resolve) => refusing.close(resolve));
});

describe("The clients", () => {
  it("give a service up so early that a read and a publish, each tried twice, fit into 10 seconds", async () => {
    const { sns, secretsManager } = createClients();
    await Promise.allSettled([
      sns.send(new PublishCommand({ Message: "Ada" })),
      secretsManager.send(new GetSecretValueCommand({ SecretId: "s" })),
    ]);

    for (const { config } of [sns, secretsManager]) {
      expect(httpSettingsOf(config.requestHandler)).toMatchObject({
        connectionTimeout: 1_000,
        requestTimeout: 2_000,
        throwOnRequestTimeout: true,
      });
      await expect(config.maxAttempts()).resolves.toBe(2);
    }
    sns.destroy();
    secretsManager.destroy();
  });
});

/** The settings that Node's request handler of the SDK ended up with; its type does not tell. */
function httpSettingsOf(handler: object): unknown {
  if (!("httpHandlerConfigs" in handler) || typeof handler.httpHandlerConfigs !== "function")
    return undefined;
  return handler.httpHandlerConfigs();
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
}

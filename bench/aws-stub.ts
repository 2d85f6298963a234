import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:Topic";

const SECRET = JSON.stringify({ Name: "topic", SecretString: JSON.stringify({ TOPIC_ARN: TOPIC }) });

const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult>' +
  "<ResponseMetadata><RequestId>f187a3c1-376f-11df-8963-01868b7c937a</RequestId></ResponseMetadata></PublishResponse>";

/** Answers `GetSecretValue` and `Publish`, whatever they ask, after a delay: the least that AWS's SDK can be served with. */
export async function startAwsStub(delayMs = 0): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const answer = () =>
      request.headers["x-amz-target"] === undefined
        ? response.writeHead(200, { "content-type": "text/xml" }).end(PUBLISHED)
        : response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(SECRET);
    request.resume().once("end", () => (delayMs === 0 ? answer() : setTimeout(answer, delayMs)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close().closeAllConnections() };
}

/** As a process of its own, which tells its address, and ends with the one that started it, however that ends. */
if (require.main === module) {
  process.once("disconnect", () => process.exit());
  void startAwsStub().then(({ url }) => process.send?.(url));
}

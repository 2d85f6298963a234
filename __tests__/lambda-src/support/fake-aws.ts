import { createServer, type Server } from "node:http";

/** One answer over HTTP; `"silence"` never comes. */
export type WireAnswer = { readonly status: number; readonly body: string } | "silence";

/**
 * Secrets Manager (AWS JSON 1.1) and SNS (AWS Query) on the loopback interface, each answering what the test says. It
 * shows that the SDK's real errors mean what the handler takes them for, which a mocked client cannot.
 */
export class FakeAws {
  secret: () => WireAnswer = () => ({ status: 500, body: "{}" });
  publish: (topicArn: string) => WireAnswer = () => ({ status: 500, body: "" });
  /** What was published, and where to. */
  published: { readonly topicArn: string; readonly message: string }[] = [];
  secretReads = 0;

  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const answer = this.#answer(request.headers["x-amz-target"], Buffer.concat(chunks).toString());
      if (answer !== "silence") response.writeHead(answer.status).end(answer.body);
    });
  });

  /** Counts from here on. */
  forget(): void {
    this.published = [];
    this.secretReads = 0;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The server has no port");
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(target: unknown, body: string): WireAnswer {
    if (target === "secretsmanager.GetSecretValue") {
      this.secretReads += 1;
      return this.secret();
    }
    const form = new URLSearchParams(body);
    const topicArn = form.get("TopicArn") ?? "";
    this.published.push({ topicArn, message: form.get("Message") ?? "" });
    return this.publish(topicArn);
  }
}

export const secretOf = (topicArn: string): WireAnswer => ({
  status: 200,
  body: JSON.stringify({ Name: "LambdaSNSTopicARN", SecretString: JSON.stringify({ TOPIC_ARN: topicArn }) }),
});

export const secretRefused = (type: string): WireAnswer => ({
  status: 400,
  body: JSON.stringify({ __type: type, Message: "User: arn:aws:iam::123456789012:role/r is not authorized" }),
});

export const publishedAs = (messageId: string): WireAnswer => ({
  status: 200,
  body:
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">' +
    `<PublishResult><MessageId>${messageId}</MessageId></PublishResult>` +
    "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>",
});

export const publishRefused = (status: number, code: string): WireAnswer => ({
  status,
  body:
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">' +
    `<Error><Type>Sender</Type><Code>${code}</Code><Message>Not possible</Message></Error>` +
    "<RequestId>r</RequestId></ErrorResponse>",
});

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { statusOf } from "../local/front-door/raw-client";
import type { TestRuntime } from "../support/local-runtime";
import type { Block, EditableStack } from "../support/synthesized-folder";
import { useRuntime, useRuntimes } from "../support/use-runtime";
import { expectGatewayError, INVALID_BODY } from "./support/gateway-error";
import { logMessages } from "./support/logs";
import { messagesIn } from "./support/queue";
import { requestStart, talk } from "./support/raw-request";
import { BUILT_IN, each, NOTHING_TAKES_IT_OUT, threatsOf } from "./support/threats";

const threat = threatsOf(7, __filename);
const { withRuntime } = useRuntimes();

/** Listens where nothing should ever connect to. */
class Canary {
  connections = 0;
  readonly #server: Server = createServer((socket) => {
    this.connections += 1;
    socket.destroy();
  });

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
  }
}

const canary = new Canary();

beforeAll(() => canary.start());
afterAll(() => canary.stop());
beforeEach(() => {
  canary.connections = 0;
});

const names: readonly ((address: string) => string)[] = [
  (address) => `http://${address}/latest/meta-data/iam/security-credentials/`,
  (address) => `//${address}/`,
  (address) => `gopher://${address}/_x`,
  (address) => `\${jndi:ldap://${address}/a}`,
  (address) => `$(curl http://${address}/)\`curl ${address}\``,
  (address) => `<!DOCTYPE a [<!ENTITY x SYSTEM "http://${address}/">]><a>&x;</a>`,
  (address) => `<img src=http://${address}/>`,
  () => "http://169.254.169.254/latest/meta-data/",
  () => "file:///proc/self/environ",
  () => "arn:aws:sns:us-east-1:999999999999:AttackersTopic",
  () => "{{constructor.constructor('return process.env')()}}",
  () => "../../../etc/passwd",
];

describe("with the stacks as they are", () => {
  const test = useRuntime();
  let token: string;

  beforeAll(async () => {
    token = await test.token("MyUserPool1");
  });

  threat({
    threat: "A name is an address, an ARN or an expression that something behind the API resolves",
    layer: "The function",
    setting: BUILT_IN,
    attack: [
      "a name that is an address is text from end to end, and nothing connects to it",
      async () => {
        for (const nameFor of names) {
          const name = nameFor(canary.address);

          const answer = await test.send({ token, body: { name } });

          expect(answer.status).toBe(200);
          expect(JSON.parse(answer.body).message).toBe(
            `Hello ${name}. Greetings from ExternalLambda1! Message forwarded to InternalLambda.`,
          );
          await test.runtime.settled();
          expect(await logMessages(test, "/aws/lambda/InternalLambda")).toContainEqual(
            expect.stringContaining(JSON.stringify(`Hello ${name}. Greetings from InternalLambda!`)),
          );
        }
        expect(canary.connections).toBe(0);
      },
    ],
    counterpart: [
      "something does connect when a function fetches what the name says",
      async () => {
        const fetcher = `export const handler = async ({ body }) => {
      await fetch(JSON.parse(body).name).catch(() => {});
      return { statusCode: 200 };
    };`;

        await withRuntime(
          { edit: ({ edge }) => edge.replaceCode("ExternalLambda1", fetcher) },
          async (test) =>
            test.send({
              token: await test.token("MyUserPool1"),
              body: { name: `http://${canary.address}/latest/meta-data/` },
            }),
        );

        expect(canary.connections).toBeGreaterThan(0);
      },
    ],
  });

  threat({
    threat: "A header names an address that a proxy or framework resolves",
    layer: "The function",
    setting: BUILT_IN,
    attack: [
      "headers that name an address lead nowhere",
      async () => {
        const answer = await test.send({
          token,
          headers: [
            ["Content-Type", "application/json"],
            ...[
              "Referer",
              "Origin",
              "X-Forwarded-Host",
              "X-Original-URL",
              "X-Wap-Profile",
              "X-Amz-Sns-Topic-Arn",
            ].map((name) => [name, `http://${canary.address}/`] as const),
            ["Forwarded", `for=127.0.0.1;host=${canary.address}`],
          ],
        });

        expect(answer.status).toBe(200);
        expect(canary.connections).toBe(0);
      },
    ],
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  threat({
    threat: "A client uses the server as a proxy",
    layer: "HTTP server",
    setting: BUILT_IN,
    attack: [
      "a request target in absolute form is not fetched: no proxy is here",
      async () => {
        const elsewhere = await talk(
          test,
          requestStart(
            test,
            "Connection: close\r\n\r\n",
            `POST http://${canary.address}/development/lambda1`,
          ),
        );
        const tunnel = await talk(test, requestStart(test, "\r\n", `CONNECT ${canary.address}`));

        expect(elsewhere).toMatch(/^HTTP\/1\.1 401 .*\{"message":"Unauthorized"\}$/s);
        expect(statusOf(tunnel)).toBe(405);
        expect(canary.connections).toBe(0);
      },
    ],
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  describe("a Host that is not this machine", () => {
    const hosts: readonly ((port: number) => string)[] = [
      () => "attacker.example",
      (port) => `attacker.example:${port}`,
      (port) => `127.0.0.1.attacker.example:${port}`,
      (port) => `localhost.attacker.example:${port}`,
      (port) => `attacker.example#127.0.0.1:${port}`,
      (port) => `user@127.0.0.1:${port}`,
      () => "127.0.0.1:1",
      () => "169.254.169.254",
      () => "0.0.0.0",
      () => "",
    ];
    const call = (host: string, more: string, body: string) =>
      `${more}\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

    threat({
      threat: "A page of another site reaches the local AWS endpoint through a rebound name",
      layer: "HTTP server",
      setting: BUILT_IN,
      attack: each(hosts, (host) => [
        `the Host ${host(3000)} reaches neither the API nor the AWS endpoint: a rebound name is no use`,
        async () => {
          const { port } = test.runtime;
          const api = `POST /development/lambda1 HTTP/1.1\r\nAuthorization: ${token}`;
          const aws =
            "POST / HTTP/1.1\r\nX-Amz-Target: secretsmanager.GetSecretValue\r\n" +
            `Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/${test.runtime.region}/secretsmanager/aws4_request, SignedHeaders=host, Signature=0`;

          const answers = [
            await talk(test, call(host(port), api, '{"name":"Ada"}')),
            await talk(test, call(host(port), aws, '{"SecretId":"LambdaSNSTopicARN"}')),
          ];

          for (const answer of answers) {
            expect(statusOf(answer)).toBe(403);
            expect(answer).toMatch(/\r\n\r\n\{"message":"Forbidden"\}$/);
          }
        },
      ]),
      counterpart: [
        "the Host of this machine is let in with the same request",
        async () => {
          const right = `127.0.0.1:${test.runtime.port}`;

          const answers = [
            await talk(test, call(right, "POST /development/lambda1 HTTP/1.1", "{}")),
            await talk(
              test,
              call(`localhost:${test.runtime.port}`, "POST /development/lambda1 HTTP/1.1", "{}"),
            ),
          ];

          expect(answers.map(statusOf)).toEqual([401, 401]);
        },
      ],
    });
  });

  threat({
    threat: "A client chooses the topic",
    layer: "Request validation; the function takes the topic from the secret alone",
    setting: BUILT_IN,
    attack: [
      "a client names no topic: not in the body, the query string or a header",
      async () => {
        const topic = "arn:aws:sns:us-east-1:999999999999:AttackersTopic";
        const inBody = await test.send({ token, body: { name: "Ada", TopicArn: topic, TOPIC_ARN: topic } });
        const elsewhere = await test.send({
          token,
          path: `/development/lambda1?TopicArn=${topic}&TOPIC_ARN=${topic}`,
          headers: [
            ["Content-Type", "application/json"],
            ["TopicArn", topic],
          ],
          body: { name: "Grace" },
        });

        const { messageId } = JSON.parse(elsewhere.body);

        expectGatewayError(inBody, INVALID_BODY);
        await test.runtime.settled();
        expect(await logMessages(test, "/aws/lambda/InternalLambda")).toContainEqual(
          expect.stringContaining(messageId),
        );
      },
    ],
    counterpart: NOTHING_TAKES_IT_OUT,
  });
});

describe("with another topic in the secret", () => {
  threat({
    threat: "Whoever changed the secret sends the names somewhere else",
    layer: "IAM role of the function",
    setting: "aws_iam_role_policy.policy: Publish",
    attack: [
      "a secret that names another topic does not make the function publish there",
      async () => {
        const [answer, received] = await withRuntime({ edit: redirectSecret }, exfiltrate);

        expect(answer).toMatchObject({
          status: 502,
          body: '{"message":"The message could not be forwarded."}',
        });
        expect(received).toEqual([]);
      },
    ],
    counterpart: [
      "a secret that names another topic makes the function publish there when its role may publish anywhere",
      async () => {
        const [answer, received] = await withRuntime(
          {
            edit: (stacks) => {
              redirectSecret(stacks);
              stacks.edge.editJson("aws_iam_role_policy.ExternalLambda1", "policy", (document) => {
                const publish = (document.Statement as Block[]).find(({ Sid }) => Sid === "Publish");
                Object.assign(publish ?? {}, { Resource: "*" });
              });
            },
          },
          exfiltrate,
        );

        expect(answer.status).toBe(200);
        expect(received.map((body) => JSON.parse(body).Message)).toEqual(["Ada"]);
      },
    ],
  });

  /** The attacker's topic, with a queue that shows what arrives there. */
  function redirectSecret({ messaging }: { readonly messaging: EditableStack }): void {
    messaging.add("aws_sns_topic.Attackers", { name: "Attackers" });
    messaging.add("aws_sqs_queue.Loot", { name: "Loot" });
    messaging.add("aws_sqs_queue_policy.Loot", {
      queue_url: "${aws_sqs_queue.Loot.url}",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "sns.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: "${aws_sqs_queue.Loot.arn}",
          },
        ],
      }),
    });
    messaging.add("aws_sns_topic_subscription.Loot", {
      topic_arn: "${aws_sns_topic.Attackers.arn}",
      protocol: "sqs",
      endpoint: "${aws_sqs_queue.Loot.arn}",
    });
    messaging.resource("aws_secretsmanager_secret_version.LambdaSNSTopicARN").secret_string =
      '{"TOPIC_ARN":"${aws_sns_topic.Attackers.arn}"}';
  }

  async function exfiltrate(test: TestRuntime) {
    const answer = await test.send({ token: await test.token("MyUserPool1") });
    await test.runtime.settled();
    const received = await messagesIn(test, "Loot");
    return [answer, received.map(({ Body }) => Body)] as const;
  }
});

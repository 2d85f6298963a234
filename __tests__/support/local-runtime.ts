import { request as httpRequest } from "node:http";
import type { Defence } from "../../local/console/defences/defence";
import { EditableDeployment } from "../../local/console/editable-deployment";
import type { Scene } from "../../local/console/people";
import { systemClock } from "../../local/kernel/clock";
import { startRuntime } from "../../local/runtime";
import type { RequestLine, Runtime, RuntimeOptions } from "../../local/runtime-options";
import { keyPairs } from "./run/key-pairs";
import { type FolderOptions, synthesizedDeployment } from "./synthesized-folder";

export { eventually } from "./eventually";

export interface TestRequest {
  /** @default POST */
  readonly method?: string;
  /** What follows the origin, stage included. @default /development/lambda1 */
  readonly path?: string;
  /** Pairs, so that a header can be sent twice. @default Content-Type: application/json */
  readonly headers?: readonly (readonly [string, string])[];
  /** The `Authorization` header; left out for none. */
  readonly token?: string;
  /** An object goes as JSON. @default {"name": "Ada"} */
  readonly body?: object | string | Buffer;
}

export interface TestAnswer {
  readonly status: number;
  /** Lower-case names; values sent more than once are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A local runtime in this process, on a free port, with one signed-in user in each pool. */
export interface TestRuntime {
  readonly runtime: Runtime;
  /** Each answered request to the invoke URL, in order. */
  readonly lines: readonly RequestLine[];
  readonly notices: readonly string[];
  /** For an attack of the console's. */
  readonly scene: Scene;
  /** An ID token of the pool, `MyUserPool1`. */
  token(pool: string): Promise<string>;
  /** The tokens of a sign-in, as Cognito answers it. */
  signIn(pool: string): Promise<{ IdToken: string; AccessToken: string; RefreshToken: string }>;
  send(request?: TestRequest): Promise<TestAnswer>;
  /** A call of an AWS API with the JSON protocol, as the administrator: `Logs_20140328.FilterLogEvents`. */
  aws(target: string, input: object): Promise<{ status: number; body: Record<string, unknown> }>;
  close(): Promise<void>;
}

export const TEST_PASSWORD = "correct-Horse-7-battery";

export type TestRuntimeOptions = FolderOptions &
  Omit<Partial<RuntimeOptions>, "deployment"> & {
    /** Defences that are taken out of what is served, as the console takes them out. */
    readonly without?: readonly Defence[];
  };

export async function startTestRuntime({
  without = [],
  ...options
}: TestRuntimeOptions = {}): Promise<TestRuntime> {
  const original = synthesizedDeployment(options);
  const copy = new EditableDeployment(original);
  for (const { takeOut } of without) takeOut(copy);
  const lines: RequestLine[] = [];
  const notices: string[] = [];
  const runtime = await startRuntime({
    makeKeyPair: keyPairs(),
    // What is predicted is not what is enforced.
    managedRules: "off",
    port: 0,
    ...options,
    deployment: copy.toDeployment(),
    onRequest: (line) => lines.push(line),
    onNotice: (text) => notices.push(text),
  });
  const { clock = systemClock } = options;
  const scene: Scene = { host: { runtime, original, now: () => clock.now() } };
  for (const pool of runtime.userPools) {
    runtime.createUser(pool.id, { email: emailOf(pool.name), password: TEST_PASSWORD });
  }

  const aws: TestRuntime["aws"] = async (target, input) => {
    const { status, body } = await sendTo(runtime.port, {
      path: "/",
      headers: [
        ["Content-Type", "application/x-amz-json-1.1"],
        ["X-Amz-Target", target],
      ],
      token: `AWS4-HMAC-SHA256 Credential=local/20260101/${runtime.region}/x/aws4_request, SignedHeaders=host, Signature=0`,
      body: input,
    });
    return { status, body: JSON.parse(body) };
  };
  const signIn: TestRuntime["signIn"] = async (name) => {
    const pool = runtime.userPools.find((candidate) => candidate.name === name);
    const { body } = await aws("AWSCognitoIdentityProviderService.InitiateAuth", {
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: pool?.clientId,
      AuthParameters: { USERNAME: emailOf(name), PASSWORD: TEST_PASSWORD },
    });
    return body.AuthenticationResult as Awaited<ReturnType<TestRuntime["signIn"]>>;
  };
  return {
    ...{ runtime, lines, notices, scene, aws, signIn },
    token: async (pool) => (await signIn(pool)).IdToken,
    send: (request = {}) => sendTo(runtime.port, request),
    close: () => runtime.close(),
  };
}

export function emailOf(pool: string): string {
  return `${pool.toLowerCase()}@example.com`;
}

/** Over a connection of its own: what served at that port before leaves no trace. */
export function sendTo(port: number, request: TestRequest): Promise<TestAnswer> {
  const { method = "POST", path = "/development/lambda1", token } = request;
  const headers = [...(request.headers ?? [["Content-Type", "application/json"] as const])];
  if (token !== undefined) headers.push(["Authorization", token]);
  const { body = { name: "Ada" } } = request;
  const bytes =
    typeof body === "string" || Buffer.isBuffer(body) ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: "127.0.0.1", port, method, path, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(incoming.headers).map(([name, value]) => [
              name,
              Array.isArray(value) ? value.join(",") : (value ?? ""),
            ]),
          ),
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.on("error", reject);
    for (const [name, value] of headers) {
      const earlier = outgoing.getHeader(name);
      outgoing.setHeader(name, earlier === undefined ? value : [...[earlier].flat().map(String), value]);
    }
    const hasBody = method !== "GET" && method !== "HEAD";
    if (hasBody && !outgoing.hasHeader("Transfer-Encoding"))
      outgoing.setHeader("Content-Length", bytes.length);
    outgoing.end(hasBody ? bytes : undefined);
  });
}

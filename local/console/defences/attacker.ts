import { randomUUID } from "node:crypto";
import { formatArn } from "../../kernel/arn";
import { AwsError } from "../../kernel/aws-error";
import { isObject, parseJson } from "../../kernel/json";
import type { Runtime } from "../../runtime-options";
import type { ApiRoute } from "../api";
import type { AttackExchange, Pairs } from "../contract";
import { maskedBody, maskedHeaders } from "../masking";
import { type Scene, signed } from "../people";
import { CallError } from "../routes/call";
import { type ReceivedAnswer, sendPipelined, sendRequest } from "../send";
import { type AwsCall, jsonCall } from "./aws-call";
import { claimsOf } from "./forged-token";
import { type Somebody, submitLogin } from "./login-visit";
import type { Target } from "./target";

export interface Shot {
  readonly title: string;
  /** @default the target's */
  readonly method?: string;
  /** @default the target's */
  readonly path?: string;
  readonly token?: string;
  readonly headers?: Pairs;
  /** Without the API key that the route takes. */
  readonly lacksKey?: boolean;
  /** More headers, another one for each of many requests. */
  readonly headersOf?: (index: number) => Pairs;
  /** @default the target's */
  readonly body?: string | Buffer;
  /** After the path: `?a=b`. */
  readonly query?: string;
  /** How often, up to 200 at once. @default 1 */
  readonly times?: number;
  /** All over one connection, without waiting for answers. */
  readonly isPipelined?: boolean;
  /** Another address of this machine than the visitor's. */
  readonly sourceIp?: string;
}

const AT_ONCE = 200;

/** A resource of the account in whose name an AWS service invokes a function. */
export interface Invoker {
  readonly title: string;
  readonly service: "apigateway.amazonaws.com" | "sns.amazonaws.com";
  readonly sourceArn: string;
  readonly event: object;
}

interface CognitoAnswer {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What did not go over HTTP. */
function answerOf(status: number, text: string): ReceivedAnswer {
  return { ...{ id: "", status, headers: [], durationMs: 0 }, body: Buffer.from(text) };
}

function bodyOf(body: Buffer): Pick<CognitoAnswer, "body"> {
  const parsed = parseJson(body.toString());
  return { body: isObject(parsed) ? parsed : {} };
}

/** An attacker at work: everything it does goes over the wire, and every answer is kept. */
export class Attacker {
  /** Each answer, in order, for whoever compares bytes. */
  readonly answers: ReceivedAnswer[] = [];
  /** The same for a visitor: nothing secret, and what is alike counted. */
  readonly exchanges: AttackExchange[] = [];

  constructor(
    readonly scene: Scene,
    readonly target: Target,
  ) {}

  get runtime(): Runtime {
    return this.scene.host.runtime;
  }

  /** The pool that the target's user is of, with its client. */
  get pool(): Runtime["userPools"][number] {
    const pool = this.runtime.userPools.find(({ id }) => id === this.target.user.poolId);
    if (pool === undefined) throw new CallError(409, "the target's user pool is not there any more");
    return pool;
  }

  /** Sends a request to the API. @returns the answers, in the order of the requests */
  async send({
    title,
    method = methodOf(this.target.route),
    path = this.target.path,
    token,
    headers = [],
    lacksKey = false,
    headersOf = () => [],
    body = this.target.body,
    query = "",
    times = 1,
    isPipelined = false,
    sourceIp,
  }: Shot): Promise<ReceivedAnswer[]> {
    const authorizer = this.target.route.method.authorization?.authorizer;
    const isTyped = headers.some(([name]) => name.toLowerCase() === "content-type");
    const all: Pairs = [
      ...headers,
      ...(isTyped ? [] : [["Content-Type", "application/json"] as const]),
      ...(lacksKey ? [] : this.#apiKey()),
      ...(token === undefined ? [] : [[authorizer?.header ?? "Authorization", token] as const]),
    ];
    const { port } = this.runtime;
    const request = { method, target: path + query, body, sourceIp };
    const shot = (_: unknown, index: number) =>
      sendRequest(port, { ...request, headers: [...all, ...headersOf(answers.length + index)] });
    const answers: ReceivedAnswer[] = isPipelined
      ? await sendPipelined(port, { ...request, headers: all }, times)
      : [];
    while (answers.length < times) {
      const length = Math.min(AT_ONCE, times - answers.length);
      answers.push(...(await Promise.all(Array.from({ length }, shot))));
    }
    this.#keep(title, answers);
    return answers;
  }

  /** Calls an AWS API over the wire, as a function whose credentials were stolen, or without a signature. */
  async callAws(title: string, call: AwsCall, thief?: string): Promise<ReceivedAnswer> {
    const { service, method = "POST", path = "/", headers, body } = call;
    const answer = await sendRequest(this.runtime.port, {
      ...{ method, target: path, body },
      headers: [...Object.entries(headers), ...(thief === undefined ? [] : this.#signature(thief, service))],
    });
    this.#keep(title, [answer]);
    return answer;
  }

  /** Opens an address of this runtime as a browser does that follows a link. */
  async visit(title: string, path: string): Promise<ReceivedAnswer> {
    const answer = await sendRequest(this.runtime.port, {
      method: "GET",
      target: path,
      headers: [],
      body: "",
    });
    this.#keep(title, [answer]);
    return answer;
  }

  /** Calls the user pools' API, as anybody can who knows a client's id. @returns its answer, parsed */
  async cognito(title: string, operation: string, input: object): Promise<CognitoAnswer> {
    const { clientId: ClientId } = this.pool;
    const target = `AWSCognitoIdentityProviderService.${operation}`;
    const call = jsonCall("cognito-idp", target, { ClientId, ...input });
    const { status, body } = await this.callAws(title, call);
    return { status, text: body.toString(), ...bodyOf(body) };
  }

  /** Somebody new in the target's pool, for as long as it takes. */
  async withSomebody<T>(act: (somebody: Somebody) => Promise<T>): Promise<T> {
    const { id: UserPoolId } = this.pool;
    const user = { email: `attack-${randomUUID()}@example.com`, password: `Aa1-${randomUUID()}` };
    this.runtime.createUser(UserPoolId, user);
    try {
      return await act(user);
    } finally {
      await this.runtime.inside.call("cognito-idp", "AdminDeleteUser", { UserPoolId, Username: user.email });
    }
  }

  /** Fills in the login page's form, as a browser does. */
  async signInAtLoginPage(title: string, somebody: Somebody): Promise<ReceivedAnswer> {
    const answer = await submitLogin(this.runtime, this.pool, somebody);
    this.#keep(title, [answer]);
    return answer;
  }

  /** @returns whether Lambda runs the function for what invokes it */
  async invokeAs(functionName: string, { title, service, sourceArn, event }: Invoker): Promise<boolean> {
    const { ports, deployment } = this.runtime.inside;
    const { accountId } = deployment;
    const functionArn = formatArn(deployment, "lambda", `function:${functionName}`);
    const principal = { kind: "service", service, sourceArn, sourceAccount: accountId } as const;
    const payload = JSON.stringify(event);
    try {
      const result = await ports.functions.invoke({ functionArn, payload, principal });
      this.#keep(title, [answerOf(200, result.payload)]);
      return true;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#keep(title, [answerOf(error.status, `${error.code}: ${error.message}`)]);
      return false;
    }
  }

  /** A token with the claims of a sign-in of the target's user. */
  token(use: "id" | "access" = "id", claims: object = {}, age = 0): Promise<string> {
    return signed(this.scene, this.target.user, use, { claims, age });
  }

  /** An ID token of another pool, where there is one, with the claims of a sign-in there. */
  async tokenOfOtherPool(): Promise<string> {
    const { userPools, region, inside } = this.runtime;
    const other = userPools.find(({ id }) => id !== this.pool.id) ?? this.pool;
    return inside.ports.users.sign(other.id, {
      ...claimsOf(await this.token()),
      ...{ sub: "00000000-0000-4000-8000-000000000001", aud: other.clientId },
      iss: `https://cognito-idp.${region}.amazonaws.com/${other.id}`,
    });
  }

  /** The layer that answered the request. */
  layerOf({ id }: ReceivedAnswer): string | undefined {
    return this.runtime.traces.find(id)?.steps.at(-1)?.layer;
  }

  #apiKey(): Pairs {
    if (!this.target.route.method.apiKeyRequired) return [];
    const [key] = this.scene.host.original.ofType("aws_api_gateway_api_key");
    return key === undefined ? [] : [["x-api-key", key.string("value")]];
  }

  #signature(functionName: string, service: string): Pairs {
    const { runtime } = this;
    const { accessKeyId, sessionToken } = runtime.inside.credentialsOf(functionName);
    const scope = `${accessKeyId}/20260101/${runtime.region}/${service}/aws4_request`;
    return [
      ["Authorization", `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`],
      ["X-Amz-Security-Token", sessionToken],
    ];
  }

  /** Answers with the same status are one exchange. */
  #keep(title: string, answers: readonly ReceivedAnswer[]): void {
    this.answers.push(...answers);
    for (const status of new Set(answers.map((answer) => answer.status))) {
      const same = answers.filter((answer) => answer.status === status);
      const [first] = same;
      if (first === undefined) continue;
      this.exchanges.push({
        title,
        ...(first.id === "" || this.runtime.traces.find(first.id) === undefined ? {} : { id: first.id }),
        status,
        headers: maskedHeaders(first.headers),
        body: maskedBody(first.body, 4_096),
        times: same.length,
      });
    }
  }
}

function methodOf({ method: { httpMethod } }: ApiRoute): string {
  return httpMethod === "ANY" ? "POST" : httpMethod;
}

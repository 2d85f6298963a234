import { randomUUID } from "node:crypto";
import { isObject, parseJson } from "../../kernel/json";
import type { Runtime } from "../../runtime-options";
import { type ApiRoute, fittingBody, routesOf } from "../api";
import type { AttackExchange, Pairs } from "../contract";
import { bodyText, maskedHeaders } from "../masking";
import { type PoolUser, poolUsers, type Scene, signed } from "../people";
import { CallError } from "../routes/call";
import { type ReceivedAnswer, sendRequest } from "../send";
import { type AwsCall, jsonCall } from "./aws-call";

/** Where an attack goes: a method with an authorizer, and a user that it lets in. */
export interface Target {
  readonly route: ApiRoute;
  /** `/development/lambda1` */
  readonly path: string;
  readonly body: string;
  readonly user: PoolUser;
}

export interface Shot {
  readonly title: string;
  /** @default the target's */
  readonly path?: string;
  readonly token?: string;
  readonly headers?: Pairs;
  /** More headers, another one for each of many requests. */
  readonly headersOf?: (index: number) => Pairs;
  /** @default the target's */
  readonly body?: string | Buffer;
  /** After the path: `?a=b`. */
  readonly query?: string;
  /** How often, up to 200 at once. @default 1 */
  readonly times?: number;
  /** Another address of this machine than the visitor's. */
  readonly sourceIp?: string;
}

const AT_ONCE = 200;

export interface Somebody {
  readonly email: string;
  readonly password: string;
}

interface CognitoAnswer {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

function valuesOf({ headers }: ReceivedAnswer, name: string): string[] {
  return headers.flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []));
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
    path = this.target.path,
    token,
    headers = [],
    headersOf = () => [],
    body = this.target.body,
    query = "",
    times = 1,
    sourceIp,
  }: Shot): Promise<ReceivedAnswer[]> {
    const { httpMethod } = this.target.route.method;
    const method = httpMethod === "ANY" ? "POST" : httpMethod;
    const authorizer = this.target.route.method.authorization?.authorizer;
    const isTyped = headers.some(([name]) => name.toLowerCase() === "content-type");
    const all: Pairs = [
      ...headers,
      ...(isTyped ? [] : [["Content-Type", "application/json"] as const]),
      ...(token === undefined ? [] : [[authorizer?.header ?? "Authorization", token] as const]),
    ];
    const { port } = this.runtime;
    const shot = (_: unknown, index: number) =>
      sendRequest(port, {
        ...{ method, target: path + query, body, sourceIp },
        headers: [...all, ...headersOf(answers.length + index)],
      });
    const answers: ReceivedAnswer[] = [];
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

  /** The refresh token of a sign-in at the login page, which every client of a browser has. */
  async refreshTokenOf({ email, password }: Somebody): Promise<string> {
    const { loginPageUrl, clientId } = this.pool;
    if (loginPageUrl === undefined)
      throw new CallError(409, `${this.pool.name} has no login page to get a refresh token from`);
    const { pathname, search, searchParams } = new URL(loginPageUrl);
    const page = pathname + search;
    const form = await this.#fill(page);
    const signedIn = await this.#fill(
      page,
      {
        _csrf: /name="_csrf" value="([^"]*)"/.exec(form.body.toString())?.[1] ?? "",
        ...{ username: email, password },
      },
      valuesOf(form, "set-cookie").map((cookie) => cookie.replace(/;.*/, "")),
    );
    const [location = ""] = valuesOf(signedIn, "location");
    const code = new URL(location, loginPageUrl).searchParams.get("code") ?? "";
    const tokens = await this.#fill(pathname.replace(/\/login$/, "/oauth2/token"), {
      ...{ grant_type: "authorization_code", client_id: clientId, code },
      redirect_uri: searchParams.get("redirect_uri") ?? "",
    });
    const { refresh_token: refreshToken } = bodyOf(tokens.body).body;
    if (typeof refreshToken !== "string")
      throw new CallError(409, `a sign-in to ${this.pool.name} takes more than a password`);
    return refreshToken;
  }

  /** Opens a page of the login site, or sends its form. */
  #fill(
    target: string,
    fields?: Readonly<Record<string, string>>,
    cookies: readonly string[] = [],
  ): Promise<ReceivedAnswer> {
    return sendRequest(this.runtime.port, {
      ...{ method: fields === undefined ? "GET" : "POST", target },
      headers: [
        ["Content-Type", "application/x-www-form-urlencoded"],
        ...(cookies.length === 0 ? [] : [["Cookie", cookies.join("; ")] as const]),
      ],
      body: fields === undefined ? undefined : new URLSearchParams(fields).toString(),
    });
  }

  /** A token with the claims of a sign-in of the target's user. */
  token(use: "id" | "access" = "id", claims: object = {}, age = 0): Promise<string> {
    return signed(this.scene, this.target.user, use, { claims, age });
  }

  /** The layer that answered the request. */
  layerOf({ id }: ReceivedAnswer): string | undefined {
    return this.runtime.traces.find(id)?.steps.at(-1)?.layer;
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
        body: bodyText(first.body, 4_096),
        times: same.length,
      });
    }
  }
}

/** The first method with an authorizer and a function, with a user whom it lets in; `undefined` where there is none. */
export async function findTarget(scene: Scene): Promise<Target | undefined> {
  const users = await poolUsers(scene);
  const [stage] = scene.host.runtime.inside.ports.edge.stageNames;
  // As the deployment was given: the route is still the target when its authorizer was taken out.
  for (const route of routesOf(scene.host.original)) {
    const arns = route.method.authorization?.authorizer.userPoolArns ?? [];
    const user = users.find(
      ({ poolId, isConfirmed }) => isConfirmed && arns.some((arn) => arn.endsWith(`/${poolId}`)),
    );
    if (user === undefined || stage === undefined || route.path.includes("{")) continue;
    return { route, path: `/${stage}${route.path}`, body: fittingBody(route) ?? "{}", user };
  }
  return undefined;
}

import { type ApiRoute, fittingBody } from "../api";
import type { AttackExchange, Pairs } from "../contract";
import { bodyText, maskedHeaders } from "../masking";
import { type PoolUser, poolUsers, signed } from "../people";
import { type ReceivedAnswer, sendRequest } from "../send";
import type { View } from "../view";

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
  /** @default the target's */
  readonly body?: string;
  /** How often, up to 200 at once. @default 1 */
  readonly times?: number;
  /** Another address of this machine than the visitor's. */
  readonly sourceIp?: string;
}

const AT_ONCE = 200;

/** An attacker at work: everything it does goes over the wire, and every answer is kept for the visitor. */
export class Attacker {
  readonly exchanges: AttackExchange[] = [];

  constructor(
    readonly view: View,
    readonly target: Target,
  ) {}

  /** Sends a request to the API. @returns the answers, in the order of the requests */
  async send({
    title,
    path = this.target.path,
    token,
    headers = [],
    body = this.target.body,
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
    const { port } = this.view.host.runtime;
    const shot = () => sendRequest(port, { method, target: path, headers: all, body, sourceIp });
    const answers: ReceivedAnswer[] = [];
    while (answers.length < times) {
      const length = Math.min(AT_ONCE, times - answers.length);
      answers.push(...(await Promise.all(Array.from({ length }, shot))));
    }
    this.#keep(title, answers);
    return answers;
  }

  /** Calls an AWS API over the wire, as a function whose credentials were stolen, or without a signature. */
  async callAws(
    title: string,
    service: string,
    target: string,
    input: object,
    thief?: string,
  ): Promise<ReceivedAnswer> {
    const { runtime } = this.view.host;
    const answer = await sendRequest(runtime.port, {
      method: "POST",
      target: "/",
      headers: [
        ["Content-Type", "application/x-amz-json-1.1"],
        ["X-Amz-Target", target],
        ...(thief === undefined ? [] : this.#signature(thief, service)),
      ],
      body: JSON.stringify(input),
    });
    this.#keep(title, [answer]);
    return answer;
  }

  /** The same for services that speak REST or the query protocol. */
  async callAwsAt(
    title: string,
    service: string,
    path: string,
    contentType: string,
    body: string,
    thief: string,
  ): Promise<ReceivedAnswer> {
    const answer = await sendRequest(this.view.host.runtime.port, {
      method: "POST",
      target: path,
      headers: [["Content-Type", contentType], ...this.#signature(thief, service)],
      body,
    });
    this.#keep(title, [answer]);
    return answer;
  }

  /** Opens an address of this runtime as a browser does that follows a link. */
  async visit(title: string, path: string): Promise<ReceivedAnswer> {
    const { port } = this.view.host.runtime;
    const answer = await sendRequest(port, { method: "GET", target: path, headers: [], body: "" });
    this.#keep(title, [answer]);
    return answer;
  }

  /** A token with the claims of a sign-in of the target's user. */
  token(use: "id" | "access" = "id", claims: object = {}, age = 0): Promise<string> {
    return signed(this.view, this.target.user, use, { claims, age });
  }

  /** The layer that answered the request. */
  layerOf({ id }: ReceivedAnswer): string | undefined {
    return this.view.host.runtime.traces.find(id)?.steps.at(-1)?.layer;
  }

  #signature(functionName: string, service: string): Pairs {
    const { runtime } = this.view.host;
    const { accessKeyId, sessionToken } = runtime.inside.credentialsOf(functionName);
    const scope = `${accessKeyId}/20260101/${runtime.region}/${service}/aws4_request`;
    return [
      ["Authorization", `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`],
      ["X-Amz-Security-Token", sessionToken],
    ];
  }

  /** Answers with the same status are one exchange. */
  #keep(title: string, answers: readonly ReceivedAnswer[]): void {
    for (const status of new Set(answers.map((answer) => answer.status))) {
      const same = answers.filter((answer) => answer.status === status);
      const [first] = same;
      if (first === undefined) continue;
      this.exchanges.push({
        title,
        ...(first.id === "" || this.view.host.runtime.traces.find(first.id) === undefined
          ? {}
          : { id: first.id }),
        status,
        headers: maskedHeaders(first.headers),
        body: bodyText(first.body, 4_096),
        times: same.length,
      });
    }
  }
}

/** The first method with an authorizer and a function, with a user whom it lets in; `undefined` where there is none. */
export async function findTarget(view: View): Promise<Target | undefined> {
  const users = await poolUsers(view);
  const [stage] = view.host.runtime.inside.ports.edge.stageNames;
  // As the deployment was given: the route is still the target when its authorizer was taken out.
  for (const route of view.defences.originalRoutes()) {
    const arns = route.method.authorization?.authorizer.userPoolArns ?? [];
    const user = users.find(
      ({ poolId, isConfirmed }) => isConfirmed && arns.some((arn) => arn.endsWith(`/${poolId}`)),
    );
    if (user === undefined || stage === undefined || route.path.includes("{")) continue;
    return { route, path: `/${stage}${route.path}`, body: fittingBody(route) ?? "{}", user };
  }
  return undefined;
}

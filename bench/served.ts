import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import autocannon from "autocannon";
import { clientConfig } from "../cli/common/aws-clients";
import { signIn } from "../cli/common/sign-in";
import { cpuOf } from "./cpu";
import type { Taken } from "./row";
import { SOURCES } from "./run";
import { BENCH_USER, type Report, type Serving } from "./server";

type Ready = Extract<Report, { kind: "ready" }>;

/** A request, again and again, and the answer that it must get. */
export interface Load {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** How many may be answered with another status: what a throttle lets through. @default 0 */
  readonly besides?: number;
  readonly connections: number;
  readonly amount: number;
  /** Requests a second. @default as many as are answered */
  readonly rate?: number;
}

/** A server in a process of its own, so that the load's own work is not measured with it. */
export class Served {
  private constructor(
    private readonly child: ChildProcess,
    private readonly ready: Ready,
    readonly origin: string,
    /** An ID token for `/lambda1`; empty for the bare server. */
    readonly token: string,
  ) {}

  static async start(serving: Serving, children: ChildProcess[]): Promise<Served> {
    const child = fork(path.join(__dirname, "server.ts"), [JSON.stringify(serving)], {
      execArgv: [...SOURCES, "--expose-gc"],
    });
    children.push(child);
    const ready = await next(child);
    if (ready.kind !== "ready") throw new Error("the server told its memory before its port");
    const origin = `http://127.0.0.1:${ready.port}`;
    const [pool] = ready.userPools;
    if (pool === undefined) return new Served(child, ready, origin, "");
    const client = new CognitoIdentityProviderClient(
      clientConfig({ region: "us-east-1", awsEndpointUrl: origin }),
    );
    const { idToken } = await signIn(client, pool, BENCH_USER);
    return new Served(child, ready, origin, idToken);
  }

  get loadedMs(): number {
    return this.ready.loadedMs;
  }

  async heapBytes(): Promise<number> {
    const report = next(this.child);
    this.child.send("memory");
    const answer = await report;
    return answer.kind === "memory" ? answer.heapBytes : Number.NaN;
  }

  /**
   * What `amount` requests took, CPU time of the server and its functions.
   *
   * @throws Error when a request was not answered, or with another status
   */
  async take(load: Load): Promise<Taken & { readonly p99: number }> {
    const before = this.cpu();
    const startedAt = performance.now();
    const { wrong, p99 } = await this.send(load);
    const wall = performance.now() - startedAt;
    const after = this.cpu();
    if (wrong > (load.besides ?? 0))
      throw new Error(`${wrong} of ${load.amount} requests were not answered with ${load.status}`);
    return { wall, p99, cpu: before === undefined || after === undefined ? undefined : after - before };
  }

  /** Sends the requests, and counts those that were not answered as they must be. */
  async fire(load: Load): Promise<number> {
    return (await this.send(load)).wrong;
  }

  private async send({ status, headers, body = NAME, connections, amount, rate }: Load) {
    const { statusCodeStats = {}, latency } = await autocannon({
      ...this.request(headers, body),
      ...{ connections, amount, timeout: 30, ...(rate !== undefined && { overallRate: rate }) },
    });
    return { wrong: amount - (statusCodeStats[`${status}`]?.count ?? 0), p99: latency.p99 };
  }

  request(headers: Load["headers"], body: string) {
    return {
      url: `${this.origin}/development/lambda1`,
      method: "POST" as const,
      headers: { "content-type": "application/json", ...headers },
      body,
    };
  }

  /** The header of somebody who is signed in. */
  get signedIn(): { authorization: string } {
    return { authorization: this.token };
  }

  stop(): void {
    this.child.kill("SIGKILL");
  }

  private cpu(): number | undefined {
    return cpuOf(this.child.pid ?? 0);
  }
}

export const NAME = '{"name":"Ada"}';

function next(child: ChildProcess): Promise<Report> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the server ended with exit code ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message as Report);
    });
  });
}

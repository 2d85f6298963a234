import { request as httpRequest } from "node:http";
import type { ConsoleState, Routes } from "../../../local/console/contract";
import { EditableDeployment } from "../../../local/console/editable-deployment";
import { Host } from "../../../local/console/host";
import { type Console, openConsole } from "../../../local/console/server";
import { emailOf, TEST_PASSWORD } from "../../support/local-runtime";
import "../../support/run/attackers-key";
import { keyPairs } from "../../support/run/key-pairs";
import { type FolderOptions, synthesizedDeployment } from "../../support/synthesized-folder";
import { TestClock } from "../../support/test-clock";
import { useValue } from "../../support/use-runtime";

export type Answered<R extends keyof Routes> = {
  readonly state: ConsoleState;
  readonly data: Routes[R]["answer"];
};

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface TestConsole {
  readonly host: Host;
  readonly console: Console;
  readonly clock: TestClock;
  readonly errors: readonly unknown[];
  /** A route, with the names in its path filled in, and its query. */
  get<R extends keyof Routes & `GET ${string}`>(
    route: R,
    options?: { readonly names?: Record<string, string>; readonly query?: string },
  ): Promise<Routes[R]["answer"]>;
  post<R extends keyof Routes & `POST ${string}`>(
    route: R,
    input: Routes[R] extends { readonly input: infer I extends object } ? I : never,
  ): Promise<Answered<R>>;
  raw(options: {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** @default the console's */
    readonly port?: number;
  }): Promise<RawAnswer>;
  close(): Promise<void>;
}

const PAGES = new Map([
  ["/index.html", { contentType: "text/html; charset=utf-8", body: Buffer.from("<title>console</title>") }],
  ["/assets/console.js", { contentType: "text/javascript; charset=utf-8", body: Buffer.from("// page") }],
]);

export interface TestConsoleOptions extends FolderOptions {
  readonly clock?: TestClock;
}

export async function startTestConsole({
  clock = new TestClock(),
  ...options
}: TestConsoleOptions = {}): Promise<TestConsole> {
  const host = await Host.start({
    makeKeyPair: keyPairs(),
    managedRules: "off",
    retryDelayScale: 0,
    clock,
    deployment: new EditableDeployment(synthesizedDeployment(options)).toDeployment(),
    port: 0,
  });
  for (const pool of host.runtime.userPools)
    host.runtime.createUser(pool.id, { email: emailOf(pool.name), password: TEST_PASSWORD });
  const errors: unknown[] = [];
  const console = await openConsole({
    host,
    port: 0,
    pages: () => Promise.resolve(PAGES),
    onError: (error) => errors.push(error),
  });
  const raw: TestConsole["raw"] = (request) => send({ port: console.port, ...request });
  const call = async (method: string, path: string, body?: object) => {
    const answer = await raw({
      method,
      path,
      headers: { "X-Console-Token": console.token, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const parsed = JSON.parse(answer.body);
    if (answer.status !== 200)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(parsed.error)}`);
    return parsed;
  };
  return {
    host,
    console,
    clock,
    errors,
    raw,
    get: async (route, { names = {}, query = "" } = {}) => {
      const path = route
        .slice(4)
        .replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(names[name] ?? ""));
      return (await call("GET", `${path}${query && `?${query}`}`)).data;
    },
    post: (route, input) => call("POST", route.slice(5), input),
    async close() {
      await console.close();
      await host.close();
    },
  };
}

function send({
  port,
  method = "GET",
  path = "/",
  headers = {},
  body,
}: Parameters<TestConsole["raw"]>[0] & { readonly port: number }): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: "127.0.0.1", port, method, path, headers, agent: false },
      (incoming) => {
        let text = "";
        incoming.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        incoming.once("end", () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }),
        );
        incoming.once("error", reject);
      },
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** For the tests of this file or `describe`. */
export function useConsole(options?: TestConsoleOptions): () => TestConsole {
  let running: TestConsole | undefined;
  const current = useValue(async () => {
    running = await startTestConsole(options);
    return running;
  });
  afterAll(() => running?.close());
  return current;
}

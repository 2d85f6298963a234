import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../kernel/aws-error";
import { isObject, parseJson } from "../kernel/json";
import type { ConsoleError, ConsoleState } from "./contract";
import { EventStreams } from "./event-streams";
import type { Host } from "./host";
import { type Call, CallError } from "./routes/call";
import { findRoute } from "./routes/index";
import { createView, stateOf, type View } from "./view";

const MAX_BODY_BYTES = 1_048_576;

/** What the console's page calls, each answer with the state of what is served. */
export class Calls {
  readonly #host: Host;
  readonly #view: View;
  readonly #streams: EventStreams;

  constructor(host: Host) {
    this.#host = host;
    this.#view = createView(host);
    this.#streams = new EventStreams(this.#view);
  }

  async answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(message.url ?? "/", "http://localhost");
    if (pathname === "/api/events" && message.method === "GET")
      return this.#streams.open(response, searchParams);
    try {
      const found = findRoute(message.method ?? "", pathname);
      if (found === undefined)
        throw new CallError(404, `${message.method} ${pathname} is not a route of the console`);
      const call: Call = {
        view: this.#view,
        query: searchParams,
        parameters: found.parameters,
        input: await readInput(message),
      };
      // A restart takes some tenths of a second, in which nothing could be asked or sent.
      await this.#host.ready();
      this.#send(response, 200, { data: await found.handle(call) });
    } catch (error) {
      const failure = failureOf(error);
      this.#send(response, failure?.status ?? 500, {
        error: failure?.error ?? { message: "internal error" },
      });
      if (failure === undefined) throw error;
    }
  }

  close(): void {
    this.#streams.close();
    this.#view.close();
  }

  #send(response: ServerResponse, status: number, body: object): void {
    const state: ConsoleState = stateOf(this.#view);
    const text = JSON.stringify({ state, ...body });
    response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" }).end(text);
  }
}

function failureOf(error: unknown): { readonly status: number; readonly error: ConsoleError } | undefined {
  if (error instanceof CallError) return { status: error.status, error: { message: error.message } };
  if (error instanceof AwsError) return { status: 502, error: { message: error.message, code: error.code } };
  return undefined;
}

async function readInput(message: IncomingMessage): Promise<Record<string, unknown>> {
  if (message.method !== "POST") return {};
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new CallError(400, "the body is larger than 1 MB");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const parsed = parseJson(text === "" ? "{}" : text);
  if (!isObject(parsed)) throw new CallError(400, "the body must be a JSON object");
  return parsed;
}

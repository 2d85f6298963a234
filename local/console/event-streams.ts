import type { ServerResponse } from "node:http";
import type { Events } from "./contract";
import { summaryOf } from "./requests";
import { stateOf, type View } from "./view";

const HEARTBEAT_MS = 15_000;
/** What a page that does not read may leave unread before it is cut off. */
const MAX_UNREAD_BYTES = 4_000_000;

/** Tells open pages what happens, as server-sent events. It listens to the runtime exactly while a page is open. */
export class EventStreams {
  readonly #open = new Set<ServerResponse>();
  #stopListening: (() => void) | undefined;

  constructor(private readonly view: View) {}

  open(response: ServerResponse, query: URLSearchParams): void {
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", Connection: "keep-alive" });
    this.#open.add(response);
    this.#stopListening ??= this.#listen();
    send(response, "state", stateOf(this.view));
    const stopTail = this.#tail(response, query.getAll("log"));
    const heartbeat = setInterval(() => response.write(": here\n\n"), HEARTBEAT_MS).unref();
    response.once("close", () => {
      clearInterval(heartbeat);
      stopTail();
      this.#open.delete(response);
      if (this.#open.size > 0) return;
      this.#stopListening?.();
      this.#stopListening = undefined;
    });
  }

  close(): void {
    for (const response of this.#open) response.destroy();
  }

  #listen(): () => void {
    const { host } = this.view;
    const { traces, inbox, inside } = host.runtime;
    const stops = [
      host.onChanged(() => this.#tell("state", stateOf(this.view))),
      this.view.onChanged(() => this.#tell("state", stateOf(this.view))),
      traces.onAdded((trace) => this.#tell("request", summaryOf(this.view, trace))),
      inside.activity.onChanged((changed) => {
        const id = this.view.requestOf(changed);
        if (id !== undefined) this.#tell("updated", { id });
      }),
      inbox.onAdded((mail) => this.#tell("mail", mail)),
      host.onNotice((text) => this.#tell("notice", { at: host.now(), text })),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** A restart brings new log groups, so the tail is put on again. */
  #tail(response: ServerResponse, groups: readonly string[]): () => void {
    const { host } = this.view;
    let stops: (() => void)[] = [];
    const watch = () => {
      for (const stop of stops) stop();
      stops = groups.map((group) =>
        host.runtime.inside.ports.watchLog(group, ({ stream, message, timestamp }) =>
          send(response, "log", { group, stream, at: timestamp, message }),
        ),
      );
    };
    watch();
    const stopWatching = host.onChanged(watch);
    return () => {
      stopWatching();
      for (const stop of stops) stop();
    };
  }

  #tell<K extends keyof Events>(event: K, data: Events[K]): void {
    for (const response of this.#open) send(response, event, data);
  }
}

function send<K extends keyof Events>(response: ServerResponse, event: K, data: Events[K]): void {
  if (response.writableLength > MAX_UNREAD_BYTES) {
    response.destroy();
    return;
  }
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

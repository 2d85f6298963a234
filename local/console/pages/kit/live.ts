import type { Events, LogLine, Mail, RequestSummary } from "../../contract";
import { call, consoleState, isDenied, tokenHeader } from "./api";
import { followEvents } from "./event-stream";
import { RequestList } from "./request-list";
import { Store } from "./store";

/** Whether events arrive. */
export const connection = new Store<"connecting" | "live" | "lost">("connecting");

/** The newest requests, newest first. */
export const requests = new RequestList(10_000);

/** How often a connection was opened. Whoever shows data reads them again when it changes. */
export const connections = new Store(0);

export const newMail = new Store(0);

type Listener<K extends keyof Events> = (data: Events[K]) => void;
const listeners = new Map<keyof Events, Set<(data: never) => void>>();

/** @returns what ends the listening */
export function onEvent<K extends keyof Events>(name: K, listener: Listener<K>): () => void {
  const those = listeners.get(name) ?? new Set();
  listeners.set(name, those.add(listener));
  return () => void those.delete(listener);
}

function emit(name: string, data: unknown): void {
  // The server sends what the contract says under each name.
  for (const listener of listeners.get(name as keyof Events) ?? [])
    (listener as (data: unknown) => void)(data);
}

/** Follows the server's events for as long as the page is open. */
export function startLive(): void {
  onEvent("state", (state) => {
    consoleState.value = state;
  });
  onEvent("request", (request: RequestSummary) => requests.add(request));
  onEvent("mail", (_: Mail) => {
    newMail.value += 1;
  });
  void follow("/api/events", {
    onOpen: () => {
      connection.value = "live";
      isDenied.value = false;
      connections.value += 1;
      void readRequests();
    },
    onClosed: (status) => {
      connection.value = "lost";
      if (status === 401) isDenied.value = true;
    },
    emit,
    signal: new AbortController().signal,
  });
}

/** Follows the lines of a log group until the signal ends it. */
export function followLog(group: string, onLine: (line: LogLine) => void, signal: AbortSignal): void {
  void follow(`/api/events?log=${encodeURIComponent(group)}`, {
    onOpen: () => {},
    onClosed: () => {},
    emit: (name, data) => {
      if (name === "log") onLine(data as LogLine);
    },
    signal,
  });
}

interface Following {
  readonly onOpen: () => void;
  readonly onClosed: (status: number | undefined) => void;
  readonly emit: (name: string, data: unknown) => void;
  readonly signal: AbortSignal;
}

/**
 * A browser opens six connections to one address, for all its tabs: a page that nobody sees gives its own back.
 * https://developer.mozilla.org/en-US/docs/Web/API/EventSource
 */
async function follow(url: string, { onOpen, onClosed, emit, signal }: Following): Promise<void> {
  while (!signal.aborted) {
    await untilVisible();
    const seen = new AbortController();
    await followEvents({
      url,
      headers: tokenHeader,
      signal: AbortSignal.any([signal, seen.signal, hiddenSignal(seen.signal)]),
      onOpen,
      onClosed,
      onEvent: ({ name, data }) => emit(name, JSON.parse(data)),
    });
    seen.abort();
  }
}

const HIDDEN_FOR_MS = 20_000;

function untilVisible(): Promise<void> {
  if (document.visibilityState === "visible") return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.visibilityState !== "visible") return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
  });
}

/** Aborts once the page was hidden for a while. `end` ends the watch. */
function hiddenSignal(end: AbortSignal): AbortSignal {
  const hidden = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") timer = setTimeout(() => hidden.abort(), HIDDEN_FOR_MS);
  };
  document.addEventListener("visibilitychange", look, { signal: end });
  end.addEventListener("abort", () => clearTimeout(timer));
  return hidden.signal;
}

async function readRequests(): Promise<void> {
  try {
    requests.replace(await call("GET /api/requests", { query: { limit: 10_000 } }));
  } catch {
    // The next connection reads them.
  }
}

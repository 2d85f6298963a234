/** One event of a `text/event-stream`. */
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

/**
 * Cuts a stream of text into events, whatever the pieces are that it comes in.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventParser {
  #rest = "";
  #name = "";
  #data: string[] = [];

  push(piece: string): StreamEvent[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#take(line));
  }

  #take(line: string): StreamEvent[] {
    if (line === "") {
      const event = { name: this.#name || "message", data: this.#data.join("\n") };
      const isEmpty = this.#data.length === 0;
      this.#name = "";
      this.#data = [];
      return isEmpty ? [] : [event];
    }
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    if (field === "data") this.#data.push(value);
    return [];
  }
}

export interface EventSourceOptions {
  readonly url: string;
  readonly headers: () => Record<string, string>;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onEvent: (event: StreamEvent) => void;
  /** `status`: of an answer that is not a stream. */
  readonly onClosed: (status: number | undefined) => void;
}

/** How long to wait before the nth attempt in a row: soon at first, and never long. */
export function waitBefore(attempt: number): number {
  return Math.min(250 * 2 ** attempt, 4_000);
}

/** Reads events until the signal ends it, and connects again whenever the stream breaks. `EventSource` sends no header. */
export async function followEvents(options: EventSourceOptions): Promise<void> {
  const { signal } = options;
  for (let attempt = 0; !signal.aborted; attempt++) {
    const status = await readOnce(options, () => {
      attempt = 0;
    });
    if (signal.aborted) return;
    options.onClosed(status);
    await new Promise((resolve) => setTimeout(resolve, waitBefore(attempt)));
  }
}

async function readOnce(
  { url, headers, signal, onOpen, onEvent }: EventSourceOptions,
  opened: () => void,
): Promise<number | undefined> {
  try {
    const answer = await fetch(url, { headers: headers(), signal });
    if (!answer.ok || answer.body === null) return answer.status;
    opened();
    onOpen();
    const parser = new EventParser();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      for (const event of parser.push(value ?? "")) onEvent(event);
    }
  } catch {
    // The server went away; the loop comes back.
  }
  return undefined;
}

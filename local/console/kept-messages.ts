import type { HeaderList } from "../kernel/headers";
import { Newest } from "../kernel/newest";
import type { TraceLog } from "../kernel/trace";
import type { KeptExchange } from "./contract";
import { messageView } from "./masking";

const MOST_MESSAGES = 200;
const MOST_BODY_BYTES = 65_536;

interface Kept {
  readonly id: string;
  readonly request: { readonly headers: HeaderList; readonly body: Buffer };
  readonly response: { readonly status: number; readonly headers: HeaderList; readonly body: Buffer };
}

/**
 * Headers and bodies of the newest 200 requests, in memory, while the visitor wants them: nothing is kept before the switch is
 * turned on, and nothing after it is turned off.
 */
export class KeptMessages {
  #newest = new Newest<Kept>(MOST_MESSAGES);
  #stop: (() => void) | undefined;

  constructor(
    private readonly traces: TraceLog,
    private readonly changed: () => void,
  ) {}

  get isOn(): boolean {
    return this.#stop !== undefined;
  }

  switch(isOn: boolean): void {
    if (isOn === this.isOn) return;
    if (isOn) {
      this.#stop = this.traces.onAdded(({ id }, passed) => {
        if (passed === undefined) return;
        const { request, response } = passed;
        this.#newest.add({
          id,
          request: { headers: request.headers, body: beginningOf(request.body) },
          response: { status: response.status, headers: response.headers, body: beginningOf(response.body) },
        });
      });
    } else {
      this.#stop?.();
      this.#stop = undefined;
      this.clear();
    }
    this.changed();
  }

  clear(): void {
    this.#newest.clear();
  }

  find(id: string, unmasked: boolean): KeptExchange | undefined {
    const kept = this.#newest.find((candidate) => candidate.id === id);
    if (kept === undefined) return undefined;
    const { request, response } = kept;
    return {
      request: messageView(request.headers, request.body, unmasked),
      response: { ...messageView(response.headers, response.body, unmasked), status: response.status },
    };
  }
}

/** A copy: a part of a larger buffer would keep all of it. */
function beginningOf(body: Buffer): Buffer {
  return Buffer.from(body.subarray(0, MOST_BODY_BYTES));
}

import { useStore } from "../kit/hooks";
import { Store } from "../kit/store";
import type { Tone } from "./badge";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: Tone;
}

const shown = new Store<readonly Toast[]>([]);
let next = 0;

/** Says something that needs no answer, for some seconds. */
export function toast(text: string, tone: Tone = "good"): void {
  const entry = { id: next++, text, tone };
  shown.value = [...shown.value.slice(-3), entry];
  setTimeout(() => dismiss(entry), tone === "bad" ? 10_000 : 4_000);
}

/** For the `catch` of what a visitor asked for. */
export function toastError(error: unknown): void {
  toast(error instanceof Error ? error.message : String(error), "bad");
}

function dismiss(entry: Toast): void {
  shown.value = shown.value.filter((other) => other !== entry);
}

export function Toasts() {
  return (
    <output class="toasts">
      {useStore(shown).map((entry) => (
        <span key={entry.id} class={`toast ${entry.tone}`}>
          {entry.text}
          <button type="button" class="plain" aria-label="Dismiss" onClick={() => dismiss(entry)}>
            ✕
          </button>
        </span>
      ))}
    </output>
  );
}

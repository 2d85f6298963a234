import type { ComponentChildren } from "preact";
import type { StepVerdict } from "../../../kernel/trace";
import type { RequestSummary } from "../../contract";

export type Tone = "good" | "bad" | "warn" | "fail" | "info" | "quiet";

/** A word in a colour, with a sign of its own: the colour is never the only difference. */
export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge ${tone}`}>
      <span class="sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      {children}
    </span>
  );
}

export const SIGNS: Readonly<Record<Tone, string>> = {
  good: "✓",
  bad: "✕",
  warn: "◐",
  fail: "!",
  info: "●",
  quiet: "–",
};

export const VERDICT_TONES: Readonly<Record<StepVerdict | "not reached", Tone>> = {
  passed: "good",
  refused: "bad",
  counted: "warn",
  answered: "info",
  "not evaluated": "quiet",
  "not reached": "quiet",
};

export function outcomeTone({ outcome }: Pick<RequestSummary, "outcome">): Tone {
  return outcome === "answered" ? "good" : outcome === "refused" ? "bad" : "fail";
}

/** An HTTP status, in the colour of what it says. */
export function Status({ code }: { code: number }) {
  const tone: Tone = code >= 500 ? "fail" : code >= 400 ? "bad" : "good";
  return <b class={`status ${tone}`}>{code}</b>;
}

/** What a layer said, and apart from it what AWS's managed rules, which are predicted here, would have done. */
export function splitPrediction(detail: string): {
  readonly said: string;
  readonly prediction: string | undefined;
} {
  const at = detail.search(/(^|; )AWS would/);
  return at === -1
    ? { said: detail, prediction: undefined }
    : { said: detail.slice(0, at), prediction: detail.slice(at).replace(/^; /, "") };
}

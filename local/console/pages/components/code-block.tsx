import type { ComponentChildren } from "preact";
import { toast } from "./toasts";

/** Text as it is, with a button that copies it. */
export function CodeBlock({ text, label, wrap = true }: { text: string; label: string; wrap?: boolean }) {
  return (
    <figure class="code">
      <figcaption>
        <span>{label}</span>
        <CopyButton text={text} what={label}>
          Copy
        </CopyButton>
      </figcaption>
      {/* A region that scrolls is reached by keyboard. */}
      <textarea
        class={wrap ? "wrap" : ""}
        readOnly
        spellcheck={false}
        wrap={wrap ? "soft" : "off"}
        rows={Math.min(24, lines(text, wrap))}
        aria-label={label}
        value={text}
      />
    </figure>
  );
}

function lines(text: string, wrap: boolean): number {
  const all = text.split("\n");
  return wrap ? all.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 76)), 0) : all.length;
}

export function CopyButton({
  text,
  what,
  children,
}: {
  text: string;
  /** For people who do not see what is beside the button. */
  what: string;
  children: ComponentChildren;
}) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast(`Copied: ${what}`);
    } catch {
      toast("The browser did not allow copying: select the text and copy it.", "bad");
    }
  };
  return (
    <button type="button" class="small" onClick={copy} title={`Copy ${what}`}>
      {children}
    </button>
  );
}

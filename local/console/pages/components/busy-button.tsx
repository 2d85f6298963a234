import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { toastError } from "./toasts";

/** A button that works for a while: it says so, cannot be pressed twice, and tells what failed. `confirm`: it asks first. */
export function BusyButton({
  onPress,
  children,
  class: className = "",
  confirm,
  label,
  title,
  disabled = false,
}: {
  onPress: () => Promise<unknown> | undefined;
  children: ComponentChildren;
  class?: string;
  /** What the button says while it asks: `Delete ada@example.com?` */
  confirm?: string;
  /** Its name, where what it shows says too little; it contains what it shows. */
  label?: string;
  /** What it does, in more words than it shows. */
  title?: string;
  disabled?: boolean;
}) {
  const [state, setState] = useState<"idle" | "asking" | "busy">("idle");
  const isThere = useRef(true);
  const press = async () => {
    if (state === "busy") return;
    if (confirm !== undefined && state === "idle") {
      setState("asking");
      return;
    }
    setState("busy");
    try {
      await onPress();
    } catch (error) {
      toastError(error);
    }
    if (isThere.current) setState("idle");
  };
  return (
    <button
      type="button"
      class={`${className} ${state === "asking" ? "danger" : ""}`}
      onClick={press}
      onBlur={() => state === "asking" && setState("idle")}
      aria-busy={state === "busy"}
      aria-label={state === "idle" ? label : undefined}
      title={title}
      disabled={disabled}
    >
      {state === "asking" ? confirm : children}
      {state === "busy" && <span class="spinner" aria-hidden="true" />}
    </button>
  );
}

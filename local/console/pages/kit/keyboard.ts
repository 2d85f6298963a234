import { useLayoutEffect, useRef } from "preact/hooks";

export interface Shortcut {
  readonly key: string;
  /** What it does, for the list of keys. */
  readonly does: string;
}

interface Bound extends Shortcut {
  readonly run: () => void;
}

const bound: Bound[] = [];

/** The keys that do something at this moment; the innermost component's come first. */
export function shortcuts(): readonly Shortcut[] {
  const seen = new Set<string>();
  return [...bound].reverse().filter(({ key }) => !seen.has(key) && seen.add(key));
}

/**
 * Gives a key a meaning for as long as the component is there: bound and let go with what is drawn, not after the next paint,
 * or a key pressed at once after another would do what it meant before.
 */
export function useKey(key: string, does: string, run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useLayoutEffect(() => {
    const entry = { key, does, run: () => latest.current() };
    bound.push(entry);
    return () => void bound.splice(bound.indexOf(entry), 1);
  }, [key, does]);
}

/** Keys typed into a field are the field's, but for Escape, which leaves it. */
export function startKeyboard(): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const field = event.target instanceof HTMLElement ? event.target : undefined;
    if (document.querySelector("dialog[open]") !== null) return;
    if (field?.matches("input, textarea, select") === true) {
      if (event.key === "Escape") field.blur();
      return;
    }
    const entry = bound.findLast(({ key }) => key === event.key);
    if (entry === undefined) return;
    event.preventDefault();
    entry.run();
  });
}

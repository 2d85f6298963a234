import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Resource } from "../kit/hooks";
import { useKey } from "../kit/keyboard";

/** A page: its heading, what belongs beside the heading, and its content. `fill`: as high as the window, its parts scroll. */
export function Page({
  title,
  lead,
  tools,
  fill = false,
  children,
}: {
  title: string;
  /** What the page is for, in a sentence. */
  lead?: ComponentChildren;
  tools?: ComponentChildren;
  fill?: boolean;
  children: ComponentChildren;
}) {
  return (
    <main id="main" class={fill ? "fill" : ""}>
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          {lead !== undefined && <p class="lead">{lead}</p>}
        </div>
        {tools !== undefined && <div class="tools">{tools}</div>}
      </header>
      {children}
    </main>
  );
}

/** What to do where there is nothing to see yet. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <b>{title}</b>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

/** The data once they are there; before, that they are read; and why they could not be. */
export function Loaded<T>({ of, children }: { of: Resource<T>; children: (data: T) => ComponentChildren }) {
  return (
    <>
      {of.error !== undefined && (
        <p class="problem" role="alert">
          {of.error}{" "}
          <button type="button" class="small" onClick={of.reload}>
            Try again
          </button>
        </p>
      )}
      {of.data !== undefined ? children(of.data) : of.error === undefined && <p class="loading">Reading…</p>}
    </>
  );
}

/** A field that filters what is below it; `/` leads to it. */
export function FilterField({
  value,
  onChange,
  label,
  hint,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  hint?: string;
}) {
  const field = useRef<HTMLInputElement>(null);
  useKey("/", "go to the filter", () => field.current?.select());
  return (
    <label class="filter">
      <span class="hidden">{label}</span>
      <input
        ref={field}
        type="search"
        value={value}
        placeholder={hint ?? label}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

/** Links that look like tabs: what is chosen is in the address. */
export function Tabs({
  label,
  tabs,
}: {
  label: string;
  tabs: readonly { readonly href: string; readonly title: ComponentChildren; readonly isCurrent: boolean }[];
}) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ href, title, isCurrent }) => (
        <a key={href} href={href} aria-current={isCurrent ? "page" : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}

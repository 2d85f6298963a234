import { createHash } from "node:crypto";
import type { HeaderList } from "./headers";
import { type Html, html } from "./html";
import type { HttpResponse } from "./http-message";

/** A page for people that the runtime serves: its words, and what the browser may do with it. */
export interface Page {
  /** The window's title; the page's one heading is in `main`. */
  readonly title: string;
  readonly main: Html;
  /** Below the card. */
  readonly footer?: Html;
  /** @default 200 */
  readonly status?: number;
  /** Where its forms may lead, redirects included. @default nowhere but here */
  readonly formTargets?: readonly string[];
  /** How often the browser asks again. @default never */
  readonly refreshSeconds?: number;
  /** @default narrow, for a form */
  readonly width?: "narrow" | "wide";
  readonly headers?: HeaderList;
}

/**
 * The page as an answer. It has no script and loads nothing, so neither can a text that somebody smuggled into it; no other
 * page may frame it or read it, and no cache keeps it.
 */
export function pageResponse({ status = 200, headers = [], formTargets = [], ...page }: Page): HttpResponse {
  return {
    status,
    headers: [
      ["Content-Type", "text/html; charset=utf-8"],
      ["Content-Security-Policy", policy(formTargets)],
      ...pageHeaders,
      ...headers,
    ],
    body: Buffer.from(`<!doctype html>\n${documentOf(page)}`),
  };
}

/** For every answer that a browser shows or follows. */
export const pageHeaders: HeaderList = [
  ["Cache-Control", "no-store"],
  // `no-referrer` would make browsers send `Origin: null` with the page's own forms (Fetch Standard, "append a request
  // `Origin` header"), so that they look like another site's. No other site gets a referrer either way.
  ["Referrer-Policy", "same-origin"],
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
];

function policy(formTargets: readonly string[]): string {
  return [
    "default-src 'none'",
    `style-src '${styleHash}'`,
    "img-src data:",
    `form-action ${["'self'", ...formTargets].join(" ")}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; ");
}

function documentOf({ title, main, footer, refreshSeconds, width = "narrow" }: Page): Html {
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${refreshSeconds !== undefined && html`<meta http-equiv="refresh" content="${refreshSeconds}">\n`}<title>${title}</title>
<link rel="icon" href="${icon}">
${styleElement}
</head>
<body>
<div class="page ${width}">
<main class="card">
${main}
</main>
${footer !== undefined && html`<footer>${footer}</footer>`}
</div>
</body>
</html>
`;
}

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0f5e57"/><path d="M8 3a3 3 0 0 0-1.2 5.75L6 13h4l-.8-4.25A3 3 0 0 0 8 3z" fill="#fff"/></svg>',
)}`;

/**
 * The look of all pages, light and dark. Texts have a contrast of 4.5:1 at least and the edges of fields 3:1 (WCAG 2.2, AA).
 * Fields have 16 pixels, below which phones zoom in; what is touched is 44 pixels high.
 */
const style = `
:root {
  color-scheme: light dark;
  --ground: #eef2f1; --card: #fff; --ink: #17211f; --soft: #51605d; --line: #d8e0de; --edge: #7b8a87;
  --accent: #0f5e57; --on-accent: #fff; --wash: #e6f1ef; --bad: #a4262c; --bad-wash: #fcefef; --focus: #1f6feb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1413; --card: #161e1d; --ink: #e8efed; --soft: #9fb0ac; --line: #2a3533; --edge: #71827e;
    --accent: #6fd6c6; --on-accent: #06211d; --wash: #17302c; --bad: #ff9c94; --bad-wash: #35191a; --focus: #79b8ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.page { margin: 0 auto; padding: 3rem 1rem; min-height: 100vh; display: flex; flex-direction: column; justify-content: center; gap: 1.25rem; }
.narrow { max-width: 27rem; }
.wide { max-width: 52rem; justify-content: flex-start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 2rem; }
.eyebrow { margin: 0 0 .25rem; color: var(--soft); font-size: .875rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 1.25rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
form { margin: 0; }
.field { margin: 0 0 1.125rem; }
label { display: block; margin-bottom: .375rem; font-weight: 600; font-size: .9375rem; }
input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; font-size: 1rem; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: 8px; }
input[aria-invalid="true"] { border-color: var(--bad); border-width: 2px; padding: calc(.5rem - 1px) calc(.75rem - 1px); }
input.code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; letter-spacing: .2em; }
.hint { margin: .375rem 0 0; color: var(--soft); font-size: .875rem; }
.error { margin: .375rem 0 0; color: var(--bad); font-size: .875rem; font-weight: 600; }
.banner { margin: 0 0 1.25rem; padding: .75rem 1rem; border-radius: 8px; background: var(--wash); }
.banner.bad { background: var(--bad-wash); color: var(--bad); font-weight: 600; }
button, .button { display: block; width: 100%; min-height: 2.75rem; padding: .625rem 1rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: 8px; cursor: pointer; }
button:hover { filter: brightness(1.08); }
button.quiet { color: var(--accent); background: transparent; border-color: var(--edge); }
button.link { display: inline; width: auto; min-height: 0; padding: 0; border: 0; background: none; color: var(--accent); font-weight: 400; text-decoration: underline; }
a { color: var(--accent); text-underline-offset: .15em; }
a.skip { display: inline-block; padding: .25rem 0; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.below { margin: 1.25rem 0 0; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.below > :last-child { margin-bottom: 0; }
.row { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1rem; margin: 1rem 0 0; }
.row p { margin: 0; }
.search { display: flex; gap: .5rem; align-items: end; }
.search .field { flex: 1; margin: 0; }
.search button { width: auto; }
.or { margin: 1rem 0; text-align: center; color: var(--soft); font-size: .875rem; }
code, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .9375em; overflow-wrap: anywhere; }
.big { font-size: 1.375rem; letter-spacing: .12em; font-weight: 700; }
.qr { display: block; width: 12rem; height: 12rem; margin: 0 auto 1rem; background: #fff; border-radius: 8px; }
ol { margin: 0 0 1rem; padding-left: 1.25rem; }
ul.list { list-style: none; margin: 0; padding: 0; }
ul.list > li + li { margin-top: 1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
ul.list h2 + .meta { margin-bottom: .5rem; }
.meta { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; margin: 0 0 .25rem; color: var(--soft); font-size: .875rem; }
.below > h2 { margin: 0 0 .75rem; }
.facts { display: grid; grid-template-columns: auto 1fr; gap: .375rem 1.5rem; margin: 0; }
.facts dt { color: var(--soft); font-size: .875rem; }
.facts dd { margin: 0; }
form > .banner { margin: .75rem 0 0; }
.message { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: .875rem; text-align: center; }
footer p { margin: 0; }
@media (max-width: 26rem) {
  .page { padding: 1rem .75rem; justify-content: flex-start; }
  .card { padding: 1.25rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .625rem; }
}
@media (forced-colors: active) { button, .banner { border: 1px solid; } }
`;

const styleHash = `sha256-${createHash("sha256").update(style).digest("base64")}`;
// The text of a style element is not escaped, so that it is part of the template, not filled in.
const styleElement = html(Object.assign([`<style>${style}</style>`], { raw: [`<style>${style}</style>`] }));

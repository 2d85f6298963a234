import type { Shown } from "./serve";
import { columns, type Paint } from "./terminal";

/** Lines to copy into a shell, in which what is served is called. */
export type Calls = (served: Shown, file: string | undefined) => readonly string[];

/** How to reach what is served, what is not enforced here, and calls to copy. */
export function banner(served: Shown, file: string | undefined, paint: Paint, calls: Calls): string {
  const { endpoints, runtime } = served;
  const rows = [
    ["invoke URL", endpoints.invokeUrl],
    ["AWS endpoint", endpoints.awsEndpointUrl],
    ...(endpoints.consoleUrl === undefined ? [] : [["console", endpoints.consoleUrl]]),
    ...(endpoints.callbackPageUrl === undefined ? [] : [["sign in", endpoints.callbackPageUrl]]),
    ["inbox", endpoints.inboxUrl],
    ...(endpoints.https === undefined ? [] : [["over TLS", endpoints.https.url]]),
    ...(file === undefined ? [] : [["endpoints file", file]]),
  ];
  const users = endpoints.userPools.map(({ name, id, clientId, user }) => [
    name,
    `${user.email}  ${user.password}`,
    `${id}, client ${clientId}`,
  ]);
  const pages = endpoints.userPools.flatMap(({ name, loginPageUrl }) =>
    loginPageUrl === undefined ? [] : [`  ${paint("bold", name)}  ${loginPageUrl}`],
  );
  const lines = calls(served, file);
  const boldFirst = (cell: string, _row: number, column: number) =>
    column === 0 ? paint("bold", cell) : column === 2 ? paint("dim", cell) : cell;
  return [
    "",
    columns(rows, boldFirst),
    "",
    ...(users.length > 0 ? [columns(users, boldFirst), ""] : []),
    ...trust(endpoints, paint),
    ...(pages.length > 0 ? [paint("dim", "login pages:"), ...pages, ""] : []),
    ...notEnforced(runtime.warnings, paint),
    ...(lines.length > 0
      ? [paint("dim", "in another terminal:"), ...lines.map((line) => `  ${line}`), ""]
      : []),
    paint("dim", "requests (Ctrl-C stops):"),
  ].join("\n");
}

/** How clients come to trust the certificate; an authority is created once, so that this is done once. */
function trust({ https }: Shown["endpoints"], paint: Paint): string[] {
  if (https === undefined) return [];
  const file = quoted(https.authorityFile);
  return [
    paint("dim", "to trust the certificate (it can vouch for this machine alone):"),
    `  Node.js  export NODE_EXTRA_CA_CERTS=${file}`,
    `  curl     --cacert ${file}`,
    "  browser  add the file to its authorities, for websites (Chromium: chrome://certificate-manager)",
    "",
  ];
}

/** The list of what this deployment has and AWS alone enforces; nothing where there is no such thing. */
export function notEnforced(warnings: readonly string[], paint: Paint): string[] {
  if (warnings.length === 0) return [];
  return [paint("yellow", "not enforced here:"), ...warnings.map((warning) => `  ${warning}`), ""];
}

/** As a shell's one word. */
export function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

import { handlers } from "../../stacks/secure-edge/handlers";
import { isSignedIn, takesBody, userPoolsOf } from "../../stacks/secure-edge/route";
import { routes } from "../../stacks/secure-edge/routes";
import { DEFAULT_ENDPOINTS_FILE } from "../common/endpoints";
import { localTarget, nameAt } from "../common/target";
import { columns, type Paint } from "../common/terminal";
import type { Shown } from "./serve";

/** How to reach what is served, what is not enforced here, and calls to copy. */
export function banner(served: Shown, file: string, paint: Paint): string {
  const { endpoints, runtime } = served;
  const rows = [
    ["invoke URL", endpoints.invokeUrl],
    ["AWS endpoint", endpoints.awsEndpointUrl],
    ...(endpoints.consoleUrl === undefined ? [] : [["console", endpoints.consoleUrl]]),
    ...(endpoints.callbackPageUrl === undefined ? [] : [["sign in", endpoints.callbackPageUrl]]),
    ["inbox", endpoints.inboxUrl],
    ...(endpoints.https === undefined ? [] : [["over TLS", endpoints.https.url]]),
    ["endpoints file", file],
  ];
  const users = endpoints.userPools.map(({ name, id, clientId, user }) => [
    name,
    `${user.email}  ${user.password}`,
    `${id}, client ${clientId}`,
  ]);
  const pages = endpoints.userPools.flatMap(({ name, loginPageUrl }) =>
    loginPageUrl === undefined ? [] : [`  ${paint("bold", name)}  ${loginPageUrl}`],
  );
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
    ...calls(served, file, paint),
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

/** Calls of the first route that takes a token, with the names that it has in this environment. */
function calls({ endpoints }: Shown, file: string, paint: Paint): string[] {
  const target = localTarget(endpoints);
  const route = routes
    .filter(isSignedIn)
    .find((route) => target.userPools.some(({ name }) => userPoolsOf(route).includes(name)));
  if (route === undefined) return [];
  const { body } = handlers[route.handler].example({
    functionName: nameAt(target, route.functionName),
    nameOf: (name) => nameAt(target, name),
    word: "Ada",
  });
  const data = takesBody(route)
    ? ` \\\n    -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`
    : "";
  const choice = file === DEFAULT_ENDPOINTS_FILE ? "" : ` --endpoints ${quoted(file)}`;
  return [
    paint("dim", "in another terminal:"),
    `  TOKEN=$(npm run --silent token -- --pool ${userPoolsOf(route)[0]}${choice})`,
    `  curl -X ${route.method} ${endpoints.invokeUrl}${route.path} -H "Authorization: $TOKEN"${data}`,
    `  npm run verify${choice && ` --${choice}`}`,
    `  AWS_ENDPOINT_URL=${endpoints.awsEndpointUrl} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\`,
    `    aws logs filter-log-events --log-group-name /aws/lambda/${nameAt(target, "InternalLambda")} --region ${endpoints.region}`,
    "",
  ];
}

/** As a shell's one word. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

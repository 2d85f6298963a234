import { isObject, parseJson } from "../../kernel/json";
import type { Runtime } from "../../runtime-options";
import { CallError } from "../routes/call";
import { type ReceivedAnswer, sendRequest } from "../send";

type Pool = Runtime["userPools"][number];

export interface Somebody {
  readonly email: string;
  readonly password: string;
}

/** Fills in the login page's form with a name and a password, as a browser does. @returns what the page makes of it */
export async function submitLogin(
  runtime: Runtime,
  pool: Pool,
  { email, password }: Somebody,
): Promise<ReceivedAnswer> {
  const { pathname, search } = new URL(loginPageOf(pool));
  const page = pathname + search;
  const form = await fill(runtime, page);
  return fill(
    runtime,
    page,
    {
      _csrf: /name="_csrf" value="([^"]*)"/.exec(form.body.toString())?.[1] ?? "",
      ...{ username: email, password },
    },
    valuesOf(form, "set-cookie").map((cookie) => cookie.replace(/;.*/, "")),
  );
}

/** The refresh token of a sign-in at the login page, which every client of a browser has. */
export async function refreshTokenOf(runtime: Runtime, pool: Pool, somebody: Somebody): Promise<string> {
  const { pathname, searchParams } = new URL(loginPageOf(pool));
  const [location = ""] = valuesOf(await submitLogin(runtime, pool, somebody), "location");
  const code = new URL(location, loginPageOf(pool)).searchParams.get("code") ?? "";
  const tokens = await fill(runtime, pathname.replace(/\/login$/, "/oauth2/token"), {
    ...{ grant_type: "authorization_code", client_id: pool.clientId, code },
    redirect_uri: searchParams.get("redirect_uri") ?? "",
  });
  const answer = parseJson(tokens.body.toString());
  if (!isObject(answer) || typeof answer.refresh_token !== "string")
    throw new CallError(409, `a sign-in to ${pool.name} takes more than a password`);
  return answer.refresh_token;
}

function loginPageOf({ loginPageUrl, name }: Pool): string {
  if (loginPageUrl === undefined) throw new CallError(409, `${name} has no login page to sign in at`);
  return loginPageUrl;
}

/** Opens a page of the login site, or sends its form. */
function fill(
  { port }: Runtime,
  target: string,
  fields?: Readonly<Record<string, string>>,
  cookies: readonly string[] = [],
): Promise<ReceivedAnswer> {
  return sendRequest(port, {
    ...{ method: fields === undefined ? "GET" : "POST", target },
    headers: [
      ["Content-Type", "application/x-www-form-urlencoded"],
      ...(cookies.length === 0 ? [] : [["Cookie", cookies.join("; ")] as const]),
    ],
    body: fields === undefined ? undefined : new URLSearchParams(fields).toString(),
  });
}

function valuesOf({ headers }: ReceivedAnswer, name: string): string[] {
  return headers.flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []));
}

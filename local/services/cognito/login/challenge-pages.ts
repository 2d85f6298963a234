import qrcode from "qrcode-generator";
import { AwsError } from "../../../kernel/aws-error";
import { type Html, html } from "../../../kernel/html";
import type { HttpResponse } from "../../../kernel/http-message";
import { answerAuthenticatorCode, answerNewPassword, finishMfaSetup } from "../sign-in";
import { attributeField } from "./attribute-field";
import type { Pending } from "./browser-sessions";
import { codeField, missing, newPasswordField, type Problems, problemsOf, showForm } from "./forms";
import type { Turn } from "./turn";

/** What the pool asks for after the password. AWS does not document the addresses of these pages. */
export const challengePages: Readonly<Record<string, (turn: Turn) => HttpResponse | Promise<HttpResponse>>> =
  {
    "GET /changePassword": (turn) => during(turn, "NEW_PASSWORD_REQUIRED", showNewPassword),
    "POST /changePassword": (turn) => during(turn, "NEW_PASSWORD_REQUIRED", setNewPassword),
    "GET /mfa": (turn) => during(turn, "SOFTWARE_TOKEN_MFA", showCode),
    "POST /mfa": (turn) => during(turn, "SOFTWARE_TOKEN_MFA", enterCode),
    "GET /mfaSetup": (turn) => during(turn, "MFA_SETUP", startSetup),
    "POST /mfaSetup": (turn) => during(turn, "MFA_SETUP", proveSetup),
  };

/** What a challenge's page goes by. */
interface Challenged {
  readonly pending: Pending;
  readonly session: string;
  readonly username: string;
}

/** Only a browser in the middle of that challenge gets its page; any other begins anew. */
async function during(
  turn: Turn,
  name: string,
  handle: (turn: Turn, challenged: Challenged) => HttpResponse | Promise<HttpResponse>,
): Promise<HttpResponse> {
  const { pending } = turn.browser;
  if (pending?.challenge?.name !== name || pending.clientId !== turn.client.id) return turn.go("login");
  const { username, challenge } = pending;
  try {
    return await handle(turn, { pending, session: challenge.session, username });
  } catch (error) {
    const { form = "Sign in again." } = problemsOf(error, turn);
    turn.browser.remember({ clientId: turn.client.id, username }, form);
    return turn.go("login");
  }
}

/** Whether the same form may be tried again, or the sign-in is over. */
function canTryAgain(error: unknown): boolean {
  return error instanceof AwsError && error.code !== "NotAuthorizedException";
}

function newPasswordFields(turn: Turn, { missing: names = [] }: Pending) {
  const attributes = names.map((name) => attributeField(turn.pool, name, turn.form.get(name) ?? ""));
  return [newPasswordField(turn, "New password"), ...attributes];
}

function showNewPassword(turn: Turn, { pending, username }: Challenged, problems?: Problems): HttpResponse {
  return showForm(turn, {
    heading: "Choose a new password",
    page: "changePassword",
    account: username,
    intro: html`<p>The password that you were given works once. Choose one of your own.</p>`,
    fields: newPasswordFields(turn, pending),
    button: "Set the password",
    problems,
  });
}

async function setNewPassword(turn: Turn, challenged: Challenged): Promise<HttpResponse> {
  const { pending, session, username } = challenged;
  const empty = missing(turn, newPasswordFields(turn, pending));
  if (empty !== undefined) return showNewPassword(turn, challenged, empty);
  const attributes = new Map((pending.missing ?? []).map((name) => [name, turn.typed(name)]));
  const password = turn.form.get("password") ?? "";
  try {
    const step = await answerNewPassword(turn.attempt, { session, username, password, attributes });
    return await turn.follow(step, username);
  } catch (error) {
    if (!canTryAgain(error)) throw error;
    return showNewPassword(turn, challenged, problemsOf(error, turn));
  }
}

const appCode = codeField("Code", "Six digits, from your authenticator app.");

function showCode(turn: Turn, _challenged: Challenged, problems?: Problems): HttpResponse {
  return showForm(turn, {
    heading: "Enter your code",
    page: "mfa",
    fields: [appCode],
    button: "Sign in",
    problems,
    after: html`<div class="row"><p><a class="skip" href="${turn.pathOf("login")}">Sign in as somebody else</a></p></div>`,
  });
}

async function enterCode(turn: Turn, challenged: Challenged): Promise<HttpResponse> {
  const { session, username } = challenged;
  const empty = missing(turn, [appCode]);
  if (empty !== undefined) return showCode(turn, challenged, empty);
  try {
    const step = await answerAuthenticatorCode(turn.attempt, { session, username, code: turn.typed("code") });
    return await turn.follow(step, username);
  } catch (error) {
    if (!canTryAgain(error)) throw error;
    return showCode(turn, challenged, problemsOf(error, turn));
  }
}

/** A secret is handed out once; the page shows it again when it is loaded again. */
async function startSetup(turn: Turn, challenged: Challenged): Promise<HttpResponse> {
  if (challenged.pending.secret !== undefined) return showSetup(turn, challenged);
  const { SecretCode, Session } = await turn.api("AssociateSoftwareToken", { Session: challenged.session });
  const session = String(Session);
  const pending: Pending = {
    ...challenged.pending,
    challenge: { name: "MFA_SETUP", session },
    secret: String(SecretCode),
  };
  turn.browser.remember(pending);
  return showSetup(turn, { ...challenged, pending, session });
}

function showSetup(turn: Turn, { pending, username }: Challenged, problems?: Problems): HttpResponse {
  const { secret = "" } = pending;
  const { name } = turn.pool.settings;
  const label = `${encodeURIComponent(name)}:${encodeURIComponent(username)}`;
  const uri = `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(name)}`;
  return showForm(turn, {
    heading: "Set up your authenticator app",
    page: "mfaSetup",
    intro: html`<p>Every sign-in here takes a code from an app on your phone. Scan this with it:</p>
${qrCode(uri)}
<p>Or type in the key: <code>${(secret.match(/.{1,4}/g) ?? []).join(" ")}</code></p>
<p>Or, on the phone itself, <a href="${uri}">open it in the app</a>.</p>`,
    fields: [codeField("Code", "Six digits, as the app shows them now.")],
    button: "Set it up and sign in",
    problems,
  });
}

async function proveSetup(turn: Turn, challenged: Challenged): Promise<HttpResponse> {
  const { session, username, pending } = challenged;
  if (pending.secret === undefined) return startSetup(turn, challenged);
  const empty = missing(turn, [appCode]);
  if (empty !== undefined) return showSetup(turn, challenged, empty);
  let proved: string;
  try {
    const { Session } = await turn.api("VerifySoftwareToken", {
      Session: session,
      UserCode: turn.typed("code"),
    });
    proved = String(Session);
  } catch (error) {
    if (!canTryAgain(error)) throw error;
    return showSetup(turn, challenged, problemsOf(error, turn));
  }
  return turn.follow(await finishMfaSetup(turn.attempt, { session: proved, username }), username);
}

function qrCode(text: string): Html {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  const cells = Array.from(
    { length: size * size },
    (_, index) => [Math.floor(index / size), index % size] as const,
  );
  const path = cells
    .filter(([row, column]) => code.isDark(row, column))
    .map(([row, column]) => `M${column + 4} ${row + 4}h1v1h-1z`)
    .join("");
  const box = `0 0 ${size + 8} ${size + 8}`;
  return html`<svg class="qr" viewBox="${box}" role="img" aria-label="QR code of the key below" shape-rendering="crispEdges"><path fill="#000" d="${path}"/></svg>`;
}

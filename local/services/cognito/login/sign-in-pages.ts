import { AwsError } from "../../../kernel/aws-error";
import { type Html, html } from "../../../kernel/html";
import type { HttpResponse } from "../../../kernel/http-message";
import { signInWithPassword } from "../sign-in";
import { formToken, missing, nameField, type Problems, problemsOf, showForm } from "./forms";
import type { Turn } from "./turn";

/** Signing in with a password, or going on as who is signed in. */

type Handler = (turn: Turn) => HttpResponse | Promise<HttpResponse>;

export const signInPages: Readonly<Record<string, Handler>> = {
  "GET /login": (turn) => showLogin(turn, turn.request.loginHint ?? turn.browser.pending?.username),
  "POST /login": (turn) => (turn.form.has("continue") ? continueAs(turn) : signIn(turn)),
};

function showLogin(turn: Turn, name: string | undefined, problems?: Problems): HttpResponse {
  const { adminCreateUserOnly, adminRecoveryOnly } = turn.pool.settings;
  return showForm(turn, {
    heading: "Sign in",
    page: "login",
    intro: problems === undefined ? offerToContinue(turn) : undefined,
    fields: loginFields(turn, name),
    button: "Sign in",
    problems,
    notice: turn.browser.takeNotice(),
    after: html`<div class="row">
${!adminRecoveryOnly && html`<p><a class="skip" href="${turn.pathOf("forgotPassword")}">Forgot your password?</a></p>`}
${!adminCreateUserOnly && html`<p><a class="skip" href="${turn.pathOf("signup")}">Create an account</a></p>`}
</div>`,
  });
}

function loginFields(turn: Turn, name: string | undefined) {
  return [
    nameField(turn, name),
    { name: "password", label: "Password", type: "password", autocomplete: "current-password" } as const,
  ];
}

/** A person who is signed in already need not type anything, unless the app asks for it. */
function offerToContinue(turn: Turn): Html | undefined {
  const { signedIn } = turn.browser;
  if (signedIn === undefined || turn.request.prompt.includes("login")) return undefined;
  return html`<form method="post" action="${turn.pathOf("login")}">
${formToken(turn)}
<button type="submit" class="quiet" name="continue" value="yes">Continue as ${shownName(signedIn.user)}</button>
</form>
<p class="or">or sign in with another account</p>`;
}

function shownName(user: { readonly attributes: ReadonlyMap<string, string>; readonly username: string }) {
  return user.attributes.get("email") ?? user.username;
}

function continueAs(turn: Turn): HttpResponse | Promise<HttpResponse> {
  const { signedIn } = turn.browser;
  const mustType = signedIn === undefined || turn.request.prompt.includes("login");
  return mustType ? showLogin(turn, undefined) : turn.finish(signedIn);
}

async function signIn(turn: Turn): Promise<HttpResponse> {
  const username = turn.typed("username");
  const empty = missing(turn, loginFields(turn, username));
  if (empty !== undefined) return showLogin(turn, username, empty);
  try {
    const step = await signInWithPassword(turn.attempt, username, turn.form.get("password") ?? "");
    return await turn.follow(step, username);
  } catch (error) {
    // Both say that the password was right, so that who may see them is who it is.
    if (error instanceof AwsError && error.code === "UserNotConfirmedException") {
      turn.browser.remember({ clientId: turn.client.id, username }, "Your account is not confirmed yet.");
      return turn.go("confirm");
    }
    if (error instanceof AwsError && error.code === "PasswordResetRequiredException") {
      turn.browser.remember(
        { clientId: turn.client.id, username },
        "Your password was reset. Set a new one.",
      );
      return turn.go("confirmforgotPassword");
    }
    return showLogin(turn, username, problemsOf(error, turn));
  }
}

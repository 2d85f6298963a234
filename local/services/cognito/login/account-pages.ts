import { type Html, html } from "../../../kernel/html";
import type { HttpResponse } from "../../../kernel/http-message";
import { attributeField } from "./attribute-field";
import type { Pending } from "./browser-sessions";
import {
  asClient,
  codeField,
  type Field,
  formToken,
  inboxLink,
  missing,
  nameField,
  newPasswordField,
  type Problems,
  problemsOf,
  showForm,
} from "./forms";
import type { Turn } from "./turn";

/** Opening an account, and getting back into one. Each form is one call of the pool's API. */

type Handler = (turn: Turn) => HttpResponse | Promise<HttpResponse>;

export const accountPages: Readonly<Record<string, Handler>> = {
  "GET /signup": (turn) => whereOpen(turn, showSignUp),
  "POST /signup": (turn) => whereOpen(turn, signUp),
  "GET /confirm": (turn) => waiting(turn, showConfirm),
  "POST /confirm": (turn) => waiting(turn, confirm),
  "POST /resendcode": (turn) => waiting(turn, resend),
  "GET /forgotPassword": (turn) => showForgot(turn, turn.request.loginHint ?? turn.browser.pending?.username),
  "POST /forgotPassword": forgot,
  "GET /confirmforgotPassword": (turn) => waiting(turn, showReset),
  "POST /confirmforgotPassword": (turn) => waiting(turn, reset),
};

function whereOpen(turn: Turn, handle: Handler): HttpResponse | Promise<HttpResponse> {
  if (!turn.pool.settings.adminCreateUserOnly) return handle(turn);
  return turn.show({
    status: 403,
    title: `No sign-up · ${turn.pool.settings.name}`,
    main: html`<p class="eyebrow">${turn.pool.settings.name}</p>
<h1>You cannot sign up here</h1>
<p>An administrator opens the accounts of this user pool.</p>
<p><a class="skip" href="${turn.pathOf("login")}">Sign in</a></p>`,
  });
}

/** The name and the required attributes; where the address is the name, it is the attribute too. */
function signUpFields(turn: Turn): Field[] {
  const { schema, emailIsUsername, verifiesEmail } = turn.pool.settings;
  const names = [...schema]
    .filter(([name, { required }]) => required || (name === "email" && verifiesEmail))
    .map(([name]) => name)
    .filter((name) => name !== "email" || !emailIsUsername);
  return [
    nameField(turn, turn.form.get("username") ?? turn.request.loginHint),
    ...names.map((name) => attributeField(turn.pool, name, turn.form.get(name) ?? "")),
    newPasswordField(turn, "Password"),
  ];
}

function showSignUp(turn: Turn, problems?: Problems): HttpResponse {
  return showForm(turn, {
    heading: "Create an account",
    page: "signup",
    fields: signUpFields(turn),
    button: "Create the account",
    problems,
    after: html`<div class="row"><p>Have one already? <a class="skip" href="${turn.pathOf("login")}">Sign in</a></p></div>`,
  });
}

async function signUp(turn: Turn): Promise<HttpResponse> {
  const fields = signUpFields(turn);
  const empty = missing(turn, fields);
  if (empty !== undefined) return showSignUp(turn, empty);
  const username = turn.typed("username");
  const attributes = fields
    .map(({ name }) => name)
    .filter((name) => name !== "username" && name !== "password");
  let answer: Readonly<Record<string, unknown>>;
  try {
    answer = await turn.api("SignUp", {
      ...asClient(turn, username),
      Password: turn.form.get("password") ?? "",
      UserAttributes: attributes.map((Name) => ({ Name, Value: turn.typed(Name) })),
    });
  } catch (error) {
    return showSignUp(turn, problemsOf(error, turn));
  }
  const pending = { clientId: turn.client.id, username };
  if (answer.UserConfirmed === true) {
    turn.browser.remember(pending, "Your account is ready. Sign in.");
    return turn.go("login");
  }
  if (answer.CodeDeliveryDetails === undefined) {
    turn.browser.remember(
      pending,
      "Your account was created. An administrator has to confirm it before you can sign in.",
    );
    return turn.go("login");
  }
  turn.browser.remember(pending, "Your account was created.");
  return turn.go("confirm");
}

/** Only a browser that gave a name gets a page that needs one; any other begins anew. */
function waiting(
  turn: Turn,
  handle: (turn: Turn, pending: Pending) => HttpResponse | Promise<HttpResponse>,
): HttpResponse | Promise<HttpResponse> {
  const { pending } = turn.browser;
  return pending === undefined || pending.clientId !== turn.client.id
    ? turn.go("login")
    : handle(turn, pending);
}

const mailedCode = codeField("Code", "Six digits, from the e-mail.");

function mailed(username: string): Html {
  return html`<p>On AWS a code would now be on its way to <strong>${username}</strong>. Here it is in the ${inboxLink}.</p>`;
}

function showConfirm(turn: Turn, { username }: Pending, problems?: Problems): HttpResponse {
  return showForm(turn, {
    heading: "Confirm your account",
    page: "confirm",
    intro: mailed(username),
    fields: [mailedCode],
    button: "Confirm",
    problems,
    notice: turn.browser.takeNotice(),
    after: html`<form class="below" method="post" action="${turn.pathOf("resendcode")}">
${formToken(turn)}
<p>No code? <button type="submit" class="link">Send a new one</button></p>
</form>`,
  });
}

async function confirm(turn: Turn, pending: Pending): Promise<HttpResponse> {
  const empty = missing(turn, [mailedCode]);
  if (empty !== undefined) return showConfirm(turn, pending, empty);
  try {
    const input = { ...asClient(turn, pending.username), ConfirmationCode: turn.typed("code") };
    await turn.api("ConfirmSignUp", input);
  } catch (error) {
    return showConfirm(turn, pending, problemsOf(error, turn));
  }
  turn.browser.remember(pending, "Your account is confirmed. Sign in.");
  return turn.go("login");
}

async function resend(turn: Turn, pending: Pending): Promise<HttpResponse> {
  try {
    await turn.api("ResendConfirmationCode", asClient(turn, pending.username));
  } catch (error) {
    return showConfirm(turn, pending, problemsOf(error, turn));
  }
  turn.browser.remember(pending, "A new code was sent. The one before it does not work any more.");
  return turn.go("confirm");
}

function showForgot(turn: Turn, username: string | undefined, problems?: Problems): HttpResponse {
  return showForm(turn, {
    heading: "Forgot your password?",
    page: "forgotPassword",
    intro: html`<p>You get a code by e-mail, and set a new password with it.</p>`,
    fields: [nameField(turn, username)],
    button: "Send the code",
    problems,
    after: html`<div class="row"><p><a class="skip" href="${turn.pathOf("login")}">Back to signing in</a></p></div>`,
  });
}

async function forgot(turn: Turn): Promise<HttpResponse> {
  const username = turn.typed("username");
  const empty = missing(turn, [nameField(turn, username)]);
  if (empty !== undefined) return showForgot(turn, username, empty);
  try {
    await turn.api("ForgotPassword", asClient(turn, username));
  } catch (error) {
    return showForgot(turn, username, problemsOf(error, turn));
  }
  turn.browser.remember({ clientId: turn.client.id, username });
  return turn.go("confirmforgotPassword");
}

function resetFields(turn: Turn): Field[] {
  return [mailedCode, newPasswordField(turn, "New password")];
}

/** Says the same of a name that nobody has: whether there is an account is not to be learnt here. */
function showReset(turn: Turn, { username }: Pending, problems?: Problems): HttpResponse {
  return showForm(turn, {
    heading: "Set a new password",
    page: "confirmforgotPassword",
    account: username,
    intro: html`<p>If there is an account <strong>${username}</strong>, a code would now be on its way to its address on AWS. Here it is in the ${inboxLink}.</p>`,
    fields: resetFields(turn).map((field) =>
      field.isCode ? { ...field, value: turn.typed("code") } : field,
    ),
    button: "Set the password",
    problems,
    notice: turn.browser.takeNotice(),
    after: html`<div class="row"><p>No code? <a class="skip" href="${turn.pathOf("forgotPassword")}">Ask for a new one</a></p></div>`,
  });
}

async function reset(turn: Turn, pending: Pending): Promise<HttpResponse> {
  const empty = missing(turn, resetFields(turn));
  if (empty !== undefined) return showReset(turn, pending, empty);
  try {
    await turn.api("ConfirmForgotPassword", {
      ...asClient(turn, pending.username),
      ConfirmationCode: turn.typed("code"),
      Password: turn.form.get("password") ?? "",
    });
  } catch (error) {
    return showReset(turn, pending, problemsOf(error, turn));
  }
  turn.browser.remember(pending, "Your new password is set. Sign in.");
  return turn.go("login");
}

import { createHmac } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error";
import { type Html, html } from "../../../kernel/html";
import type { HttpResponse } from "../../../kernel/http-message";
import { INBOX_PATH } from "../../../kernel/inbox";
import type { Members } from "../../../kernel/input";
import type { PasswordPolicy } from "../password";
import type { Turn } from "./turn";

export interface Field {
  readonly name: string;
  readonly label: string;
  /** @default text */
  readonly type?: "text" | "email" | "password" | "tel" | "url" | "date";
  /** As HTML lists them: password managers and phones go by it. */
  readonly autocomplete: string;
  readonly hint?: string;
  readonly value?: string | undefined;
  /** A code that is read off somewhere and typed in. */
  readonly isCode?: boolean;
}

/** What was wrong with a form: as a whole, or beside its fields. */
export interface Problems {
  readonly form?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export interface FormPage {
  readonly heading: string;
  /** Where it is posted to: `login`. */
  readonly page: string;
  readonly intro?: Html | undefined;
  /** Whose new password it is, for password managers. */
  readonly account?: string;
  readonly fields: readonly Field[];
  readonly button: string;
  readonly problems?: Problems | undefined;
  /** Good news from the page before. */
  readonly notice?: string | undefined;
  readonly after?: Html | undefined;
}

/** A page with one form. The first field that is wrong, or else the first that is empty, has the focus. */
export function showForm(turn: Turn, form: FormPage): HttpResponse {
  const { heading, problems = {}, fields } = form;
  const { form: whole, fields: wrong = {} } = problems;
  const hasProblems = whole !== undefined || Object.keys(wrong).length > 0;
  const focus = fields.find(({ name }) => wrong[name]) ?? fields.find(({ value }) => !value);
  return turn.show({
    status: hasProblems ? 400 : 200,
    title: `${hasProblems ? "Error: " : ""}${heading} · ${turn.pool.settings.name}`,
    main: html`<p class="eyebrow">${turn.pool.settings.name}</p>
<h1>${heading}</h1>
${whole !== undefined && html`<p class="banner bad" role="alert">${whole}</p>`}
${form.notice !== undefined && html`<p class="banner" role="status">${form.notice}</p>`}
${form.intro}
<form method="post" action="${turn.pathOf(form.page)}" novalidate>
${formToken(turn)}
${form.account !== undefined && html`<input type="text" autocomplete="username" value="${form.account}" readonly hidden>`}
${fields.map((field) => fieldOf(field, wrong[field.name], field === focus))}
<button type="submit">${form.button}</button>
</form>
${form.after}`,
    footer: localFooter,
  });
}

export function formToken(turn: Turn): Html {
  return html`<input type="hidden" name="_csrf" value="${turn.browser.formToken}">`;
}

/** On AWS messages come by e-mail; that they are here is this machine's convenience, and the pages say so. */
export const inboxLink = html`<a href="${INBOX_PATH}" target="_blank" rel="noopener">inbox of this machine</a>`;
const localFooter = html`<p>Served by the local runtime. What Cognito would send by e-mail is in the ${inboxLink}.</p>`;

function fieldOf(field: Field, problem: string | undefined, hasFocus: boolean): Html {
  const { name, label, type = "text", autocomplete, hint, value = "", isCode = false } = field;
  const described = [hint && `${name}-hint`, problem && `${name}-error`].filter(Boolean).join(" ");
  return html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" required value="${type === "password" ? "" : value}"${
    isCode && html` class="code" inputmode="numeric" maxlength="16"`
  }${type === "email" && html` inputmode="email" autocapitalize="none" spellcheck="false"`}${
    described !== "" && html` aria-describedby="${described}"`
  }${problem !== undefined && html` aria-invalid="true"`}${hasFocus && html` autofocus`}>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${problem !== undefined && html`<p class="error" id="${name}-error">${problem}</p>`}
</div>
`;
}

export function nameField(turn: Turn, value: string | undefined, hint?: string): Field {
  const isEmail = turn.pool.settings.emailIsUsername;
  return {
    name: "username",
    label: isEmail ? "E-mail address" : "User name",
    type: isEmail ? "email" : "text",
    autocomplete: "username",
    value,
    ...(hint === undefined ? {} : { hint }),
  };
}

export function newPasswordField({ pool }: Turn, label: string): Field {
  return {
    name: "password",
    label,
    type: "password",
    autocomplete: "new-password",
    hint: passwordRules(pool.settings.passwordPolicy),
  };
}

export function codeField(label: string, hint?: string): Field {
  const field = { name: "code", label, autocomplete: "one-time-code", isCode: true };
  return hint === undefined ? field : { ...field, hint };
}

function passwordRules(policy: PasswordPolicy): string {
  const kinds = [
    policy.requireUppercase && "an upper-case letter",
    policy.requireLowercase && "a lower-case letter",
    policy.requireNumbers && "a digit",
    policy.requireSymbols && "a symbol",
  ].filter((kind) => kind !== false);
  const [last, ...others] = kinds.reverse();
  const list = others.length === 0 ? last : `${others.reverse().join(", ")} and ${last}`;
  return `At least ${policy.minimumLength} characters${list === undefined ? "" : `, with ${list}`}.`;
}

/** The fields that nothing was typed into; `undefined` where there is none. */
export function missing(turn: Turn, fields: readonly Field[]): Problems | undefined {
  const empty = fields.filter(({ name }) => (turn.form.get(name) ?? "") === "");
  if (empty.length === 0) return undefined;
  return { fields: Object.fromEntries(empty.map(({ name, label }) => [name, `${label} is missing.`])) };
}

/** `ClientId` and `Username`, with the hash that proves a client's secret where it has one. */
export function asClient(turn: Turn, username: string): Members {
  const { id, secret } = turn.client;
  const hash =
    secret &&
    createHmac("sha256", secret)
      .update(username + id)
      .digest("base64");
  return { ClientId: id, Username: username, ...(hash === undefined ? {} : { SecretHash: hash }) };
}

/**
 * What an error of the API comes to on a page. Where the client hides who exists, the API has the same errors for everybody,
 * and so have the pages.
 *
 * @throws what is not an answer of the API
 */
export function problemsOf(error: unknown, turn: Turn): Problems {
  if (!(error instanceof AwsError)) throw error;
  const { code, message } = error;
  const own = words[code]?.(turn, message);
  return own ?? { form: message };
}

const beside = (field: string, text: string): Problems => ({ fields: { [field]: text } });

const words: Readonly<Record<string, (turn: Turn, message: string) => Problems>> = {
  NotAuthorizedException: (turn, message) => {
    if (message.startsWith("Incorrect username or password")) {
      return { form: `${nameField(turn, undefined).label} or password is wrong.` };
    }
    if (message.includes("attempts exceeded")) {
      return { form: "Too many attempts. Wait a little, and try again." };
    }
    if (message.startsWith("Invalid session")) return { form: "That took too long. Sign in again." };
    return { form: message };
  },
  UserNotFoundException: () => beside("username", "There is no such account."),
  UsernameExistsException: () => beside("username", "There is an account with this name already."),
  AliasExistsException: () => beside("username", "There is an account with this name already."),
  CodeMismatchException: () => beside("code", "This code is wrong. Check it, and type it in again."),
  EnableSoftwareTokenMFAException: () =>
    beside("code", "This code is wrong. Type in the one that the app shows now."),
  ExpiredCodeException: (_turn, message) =>
    beside(
      "code",
      message.includes("already been used")
        ? "This code was used already. Wait for the next one."
        : "This code is wrong or out of date. Ask for a new one.",
    ),
  LimitExceededException: () => ({ form: "Too many attempts. Wait a while, and try again." }),
  InvalidPasswordException: (_turn, message) => {
    const [, rule = "it does not fit the rules"] = /: (.*)$/.exec(message) ?? [];
    return beside("password", `${rule}.`);
  },
  InvalidParameterException: (_turn, message) => invalidParameter(message),
};

function invalidParameter(message: string): Problems {
  if (/Username should be an email|at 'username'/.test(message)) {
    return beside("username", "This is not a valid e-mail address.");
  }
  if (message.startsWith("Invalid email address"))
    return beside("email", "This is not a valid e-mail address.");
  if (message.startsWith("Invalid phone number")) {
    return beside("phone_number", "Type it in with its country, as in +12065550100.");
  }
  if (/at '(password|proposedPassword)'/.test(message))
    return beside("password", "A password has no spaces.");
  if (/at '(confirmationCode|userCode)'/.test(message)) return beside("code", "A code has digits only.");
  const [, name, text] = /^Attributes did not conform to the schema: ([\w:]+): (.*)/.exec(message) ?? [];
  return name === undefined || text === undefined ? { form: message } : beside(name, text);
}

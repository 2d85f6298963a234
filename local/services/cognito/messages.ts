import { AwsError } from "../../kernel/aws-error";
import type { MessageTemplate } from "./pool-settings";
import type { MessageSource } from "./trigger-settings";
import { attributesOf, type Metadata } from "./triggers";
import type { UserPool } from "./user-pool";
import type { User } from "./users";

export type CodePurpose = "sign-up" | "password-reset" | "invitation" | "attribute-verification";

/** A message that Cognito would send by e-mail. */
export interface CodeMessage {
  readonly poolName: string;
  readonly poolId: string;
  readonly username: string;
  readonly email: string;
  /** The code; in an invitation the temporary password. */
  readonly code: string;
  readonly purpose: CodePurpose;
  readonly subject: string;
  /** May have tags: Cognito's templates are HTML. */
  readonly text: string;
}

/** What a message is sent for. */
export interface Occasion {
  readonly source: MessageSource;
  /** Left out for what administrators do. */
  readonly clientId?: string;
  readonly metadata?: Metadata | undefined;
}

const purposes: Readonly<Record<MessageSource, CodePurpose>> = {
  CustomMessage_SignUp: "sign-up",
  CustomMessage_ResendCode: "sign-up",
  CustomMessage_AdminCreateUser: "invitation",
  CustomMessage_ForgotPassword: "password-reset",
  CustomMessage_UpdateUserAttribute: "attribute-verification",
  CustomMessage_VerifyUserAttribute: "attribute-verification",
};

/** Sends the user an e-mail with a code, or with a temporary password, in the words of the custom message trigger or of the pool. */
export async function sendCode(
  pool: UserPool,
  user: User,
  email: string,
  code: string,
  occasion: Occasion,
): Promise<void> {
  const purpose = purposes[occasion.source];
  pool.deliver(user, email, code, purpose, await templateOf(pool, user, purpose, occasion));
}

/**
 * The guide says that a pool whose `email_sending_account` is `COGNITO_DEFAULT` refuses an answer of the custom message
 * trigger with an e-mail in it; Amplify's own templates for such pools answer with one (aws-amplify/amplify-cli,
 * `triggers/CustomMessage/verification-link`), so that it is taken here. What AWS answers to a text without its placeholder
 * is not documented.
 */
async function templateOf(
  pool: UserPool,
  user: User,
  purpose: CodePurpose,
  { source, clientId, metadata }: Occasion,
): Promise<MessageTemplate> {
  const isInvitation = purpose === "invitation";
  const usual = pool.templateOf(purpose);
  const response = await pool.triggers.run(source, {
    userName: user.username,
    clientId,
    request: {
      userAttributes: attributesOf(user),
      codeParameter: "{####}",
      linkParameter: "{##Click Here##}",
      usernameParameter: isInvitation ? "{username}" : null,
      clientMetadata: metadata,
    },
  });
  const [text, subject] = [response?.emailMessage, response?.emailSubject];
  if (typeof text === "string" && text !== "") {
    const missing = ["{####}", ...(isInvitation ? ["{username}"] : [])].filter(
      (name) => !text.includes(name),
    );
    if (missing.length > 0) {
      throw new AwsError(
        "InvalidLambdaResponseException",
        `CustomMessage: emailMessage lacks ${missing.join(" and ")}`,
      );
    }
  }
  return { text: orUsual(text, usual.text), subject: orUsual(subject, usual.subject) };
}

function orUsual(value: unknown, usual: string): string {
  return typeof value === "string" && value !== "" ? value : usual;
}

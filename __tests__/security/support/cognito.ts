import { emailOf, TEST_PASSWORD, type TestRuntime } from "../../support/local-runtime";
import { type Credentials, jsonCall, send } from "./aws-call";

export interface CognitoAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls the user pools' API; without credentials as anybody can who knows a client's id. */
export async function cognito(
  test: TestRuntime,
  operation: string,
  input: object,
  credentials?: Credentials,
): Promise<CognitoAnswer> {
  const call = jsonCall("cognito-idp", `AWSCognitoIdentityProviderService.${operation}`, input);
  const { status, body } = await send(test, call, credentials);
  return { status, body: JSON.parse(body) };
}

export function poolOf(test: TestRuntime, name: string) {
  const pool = test.runtime.userPools.find((candidate) => candidate.name === name);
  if (pool === undefined) throw new Error(`there is no pool ${name}`);
  return pool;
}

/** Signs in at MyUserPool1; its own user and password unless others are given. */
export function signIn(
  test: TestRuntime,
  {
    user = emailOf("MyUserPool1"),
    password = TEST_PASSWORD,
    clientId = poolOf(test, "MyUserPool1").clientId,
  },
): Promise<CognitoAnswer> {
  return cognito(test, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: clientId,
    AuthParameters: { USERNAME: user, PASSWORD: password },
  });
}

export function refresh(
  test: TestRuntime,
  token: unknown,
  clientId = poolOf(test, "MyUserPool1").clientId,
): Promise<CognitoAnswer> {
  return cognito(test, "InitiateAuth", {
    AuthFlow: "REFRESH_TOKEN_AUTH",
    ClientId: clientId,
    AuthParameters: { REFRESH_TOKEN: token },
  });
}

export type Tokens = Readonly<Record<"IdToken" | "AccessToken" | "RefreshToken", string>>;

/** The tokens of an answer that must have them. */
export function tokensIn({ status, body }: CognitoAnswer): Tokens {
  const { AuthenticationResult: result } = body;
  if (status !== 200 || typeof result !== "object" || result === null) {
    throw new Error(`there are no tokens in ${status} ${JSON.stringify(body)}`);
  }
  const text = (name: string) => String(Reflect.get(result, name));
  return {
    IdToken: text("IdToken"),
    AccessToken: text("AccessToken"),
    RefreshToken: text("RefreshToken"),
  };
}

/** The error as AWS's JSON protocol writes it. */
export function cognitoError(type: string, message: string): CognitoAnswer {
  return { status: 400, body: { __type: type, message } };
}

export const INCORRECT = cognitoError("NotAuthorizedException", "Incorrect username or password.");

/** The last code that was mailed to that address. */
export function codeFor(test: TestRuntime, email: string): string {
  const mails = test.notices.filter((notice) => notice.includes(` e-mail to ${email}: `));
  return /code (\d{6})$/.exec(mails.at(-1) ?? "")?.[1] ?? "";
}

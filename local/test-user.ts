import { createHmac } from "node:crypto";
import type { Clock } from "./kernel/clock";
import type { RuntimeInside } from "./runtime-options";
import { authenticatorCode, fromBase32 } from "./services/cognito/authenticator-code";
import { answerTo, beginAttempt } from "./services/cognito/srp";

const PASSWORD = "correct-Horse-7-battery";

/** The pool, and the client that the user signs in through. */
interface SignInPlace {
  readonly name: string;
  readonly id: string;
  readonly clientId: string;
}

/** A client that lets nobody sign in with a password. */
class NoPasswordFlow extends Error {
  override readonly name = "NoPasswordFlow";
}

/**
 * A confirmed user of a pool who signs in as the client lets one: by SRP, else with the password itself, with an authenticator app where
 * the pool wants one.
 */
export class TestUser {
  readonly email: string;
  readonly password = PASSWORD;
  /** The authenticator app's, once there is one. */
  #appSecret: string | undefined;
  /** The client's. */
  #clientSecret: string | undefined;
  #token: string | undefined;

  constructor(
    private readonly pool: SignInPlace,
    private readonly call: RuntimeInside["call"],
    private readonly clock: Clock,
  ) {
    this.email = `test@${pool.name.toLowerCase()}.example`;
  }

  /** An ID token. With an authenticator app the same until it expires, because no code of the app is taken twice. */
  async idToken(): Promise<string> {
    if (this.#appSecret !== undefined && this.#token !== undefined && !this.#isOver(this.#token))
      return this.#token;
    const { AuthenticationResult } = await this.#secondFactor(await this.#firstFactor());
    this.#token = AuthenticationResult?.IdToken ?? "";
    return this.#token;
  }

  async #firstFactor(): Promise<Answer> {
    const { UserPoolClient = {} } = await this.#send("DescribeUserPoolClient", { UserPoolId: this.pool.id });
    const { ExplicitAuthFlows: flows = [], ClientSecret } = UserPoolClient;
    this.#clientSecret = ClientSecret;
    const password = { ...this.#named(this.email), PASSWORD: this.password };
    if (flows.includes("ALLOW_USER_SRP_AUTH")) return this.#bySrp();
    if (flows.includes("ALLOW_USER_PASSWORD_AUTH"))
      return this.#send("InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: password });
    if (flows.includes("ALLOW_ADMIN_USER_PASSWORD_AUTH"))
      return this.#send("AdminInitiateAuth", {
        UserPoolId: this.pool.id,
        ...{ AuthFlow: "ADMIN_USER_PASSWORD_AUTH", AuthParameters: password },
      });
    throw new NoPasswordFlow(
      `the client ${this.pool.clientId} of ${this.pool.name} lets nobody sign in with a password (${flows.join(", ")}): sign in yourself, and pass the token as a header`,
    );
  }

  async #bySrp(): Promise<Answer> {
    const attempt = beginAttempt();
    const { ChallengeParameters = {}, Session } = await this.#send("InitiateAuth", {
      AuthFlow: "USER_SRP_AUTH",
      AuthParameters: { ...this.#named(this.email), SRP_A: attempt.srpA },
    });
    const now = new Date(this.clock.now());
    const { USERNAME = "", ...proof } = answerTo(
      this.pool.id,
      attempt,
      ChallengeParameters,
      this.password,
      now,
    );
    return this.#send("RespondToAuthChallenge", {
      ...{ ChallengeName: "PASSWORD_VERIFIER", Session },
      ChallengeResponses: { ...proof, ...this.#named(USERNAME) },
    });
  }

  /** With the digest that a client with a secret asks for (Developer Guide, "Computing secret hash values"). */
  #named(username: string): Readonly<Record<string, string>> {
    if (this.#clientSecret === undefined) return { USERNAME: username };
    const hash = createHmac("sha256", this.#clientSecret)
      .update(username + this.pool.clientId)
      .digest("base64");
    return { USERNAME: username, SECRET_HASH: hash };
  }

  async #secondFactor(answer: Answer): Promise<Answer> {
    if (answer.ChallengeName === "MFA_SETUP") {
      const app = await this.#send("AssociateSoftwareToken", { Session: answer.Session });
      this.#appSecret = app.SecretCode ?? "";
      const verified = await this.#send("VerifySoftwareToken", {
        Session: app.Session,
        UserCode: this.#code(),
      });
      return this.#respond("MFA_SETUP", verified.Session, {});
    }
    if (answer.ChallengeName !== "SOFTWARE_TOKEN_MFA") return answer;
    return this.#respond("SOFTWARE_TOKEN_MFA", answer.Session, { SOFTWARE_TOKEN_MFA_CODE: this.#code() });
  }

  #respond(ChallengeName: string, Session: string | undefined, responses: Readonly<Record<string, string>>) {
    return this.#send("RespondToAuthChallenge", {
      ...{ ChallengeName, Session },
      ChallengeResponses: { ...this.#named(this.email), ...responses },
    });
  }

  #code(): string {
    return authenticatorCode(fromBase32(this.#appSecret ?? ""), this.clock.now());
  }

  #isOver(token: string): boolean {
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return exp * 1_000 <= this.clock.now();
  }

  async #send(operation: string, input: object): Promise<Answer> {
    return this.call("cognito-idp", operation, { ClientId: this.pool.clientId, ...input });
  }
}

/** What the operations of a sign-in answer, as far as it is read. */
interface Answer {
  readonly ChallengeName?: string;
  readonly ChallengeParameters?: Readonly<Record<string, string>>;
  readonly Session?: string;
  readonly UserPoolClient?: {
    readonly ExplicitAuthFlows?: readonly string[];
    readonly ClientSecret?: string;
  };
  readonly SecretCode?: string;
  readonly AuthenticationResult?: { readonly IdToken?: string };
}

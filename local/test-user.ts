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

/**
 * A confirmed user of a pool who signs in as every client lets one: by SRP, with an authenticator app where the pool wants one.
 */
export class TestUser {
  readonly email: string;
  readonly password = PASSWORD;
  /** The authenticator app's, once there is one. */
  #secret: string | undefined;
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
    if (this.#secret !== undefined && this.#token !== undefined && !this.#isOver(this.#token))
      return this.#token;
    const attempt = beginAttempt();
    const { ChallengeParameters, Session } = await this.#send("InitiateAuth", {
      AuthFlow: "USER_SRP_AUTH",
      AuthParameters: { USERNAME: this.email, SRP_A: attempt.srpA },
    });
    const answer = await this.#send("RespondToAuthChallenge", {
      ChallengeName: "PASSWORD_VERIFIER",
      Session,
      ChallengeResponses: answerTo(
        this.pool.id,
        attempt,
        ChallengeParameters ?? {},
        this.password,
        new Date(this.clock.now()),
      ),
    });
    const { AuthenticationResult } = await this.#secondFactor(answer);
    this.#token = AuthenticationResult?.IdToken ?? "";
    return this.#token;
  }

  async #secondFactor(answer: Answer): Promise<Answer> {
    if (answer.ChallengeName === "MFA_SETUP") {
      const app = await this.#send("AssociateSoftwareToken", { Session: answer.Session });
      this.#secret = app.SecretCode ?? "";
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
      ChallengeResponses: { USERNAME: this.email, ...responses },
    });
  }

  #code(): string {
    return authenticatorCode(fromBase32(this.#secret ?? ""), this.clock.now());
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
  readonly SecretCode?: string;
  readonly AuthenticationResult?: { readonly IdToken?: string };
}

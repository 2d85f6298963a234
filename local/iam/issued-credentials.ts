import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { AwsError } from "../kernel/aws-error";
import type { Principal } from "../kernel/principal";
import type { CredentialStore, SessionCredentials } from "./access-control";

interface Session {
  readonly credentials: SessionCredentials;
  readonly principal: Principal;
}

/**
 * Issues each role session one set of credentials and recognises it again: key and session token must belong together.
 * Signatures are not verified, because any other key is the account's administrator: whoever could forge a signature
 * need not. What stays true is that a function, which has only its own key, acts as its role.
 */
export class IssuedCredentials implements CredentialStore {
  readonly #byKey = new Map<string, Session>();
  readonly #bySession = new Map<string, Session>();

  constructor(private readonly accountId: string) {}

  issue(roleArn: string, sessionName: string): SessionCredentials {
    const sessionKey = JSON.stringify([roleArn, sessionName]);
    const known = this.#bySession.get(sessionKey);
    if (known !== undefined) return known.credentials;
    const session = {
      credentials: {
        accessKeyId: `ASIA${base32(randomBytes(10))}`,
        secretAccessKey: randomBytes(30).toString("base64"),
        sessionToken: randomBytes(192).toString("base64"),
      },
      principal: this.#roleSession(roleArn, sessionName),
    };
    this.#bySession.set(sessionKey, session);
    this.#byKey.set(session.credentials.accessKeyId, session);
    return session.credentials;
  }

  principalOf(accessKeyId: string | undefined, sessionToken?: string): Principal {
    if (accessKeyId === undefined) return { kind: "anonymous" };
    const session = this.#byKey.get(accessKeyId);
    if (session === undefined) return this.#administrator();
    if (!equal(session.credentials.sessionToken, sessionToken ?? "")) {
      throw new AwsError(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
        403,
      );
    }
    return session.principal;
  }

  #administrator(): Principal {
    return {
      kind: "administrator",
      arn: `arn:aws:iam::${this.accountId}:user/local-administrator`,
      accountId: this.accountId,
      userId: uniqueId("AIDA", "local-administrator"),
    };
  }

  #roleSession(roleArn: string, sessionName: string): Principal {
    // The session's ARN has the role's name without its path: "IAM identifiers" in the IAM user guide.
    const roleName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
    return {
      kind: "role",
      roleArn,
      arn: `arn:aws:sts::${this.accountId}:assumed-role/${roleName}/${sessionName}`,
      accountId: this.accountId,
      userId: `${uniqueId("AROA", roleArn)}:${sessionName}`,
    };
  }
}

/** An id of the form that IAM gives its resources, the same for the same name in every run. */
function uniqueId(prefix: string, name: string): string {
  return `${prefix}${base32(createHash("sha256").update(name).digest()).slice(0, 17)}`;
}

function base32(bytes: Buffer): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? []).map((digit) => alphabet[Number.parseInt(digit, 2)]).join("");
}

function equal(expected: string, received: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(expected), digest(received));
}

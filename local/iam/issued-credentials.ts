import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { formatArn, type Place } from "../kernel/arn";
import { AwsError } from "../kernel/aws-error";
import { seededId, UPPERCASE } from "../kernel/ids";
import { Kept } from "../kernel/kept";
import type { Principal } from "../kernel/principal";
import type { CredentialStore, SessionCredentials } from "./access-control";

interface Session {
  readonly credentials: SessionCredentials;
  readonly roleArn: string;
  readonly sessionName: string;
}

/**
 * Issues each role session one set of credentials and recognises it again: key and session token must belong together.
 * Signatures are not verified, because any other key is the account's administrator: whoever could forge a signature
 * need not. What holds is that a function, which has only its own key, acts as its role.
 */
export class IssuedCredentials implements CredentialStore {
  readonly #byKey: Map<string, Session>;
  readonly #bySession: Map<string, Session>;

  constructor(
    private readonly place: Place,
    kept = new Kept(),
  ) {
    this.#byKey = kept.of("role sessions by access key", () => new Map());
    this.#bySession = kept.of("role sessions", () => new Map());
  }

  issue(roleArn: string, sessionName: string): SessionCredentials {
    const sessionKey = JSON.stringify([roleArn, sessionName]);
    const known = this.#bySession.get(sessionKey);
    if (known !== undefined) return known.credentials;
    const session = {
      credentials: {
        accessKeyId: `ASIA${seededId(randomBytes(16).toString("hex"), 16, UPPERCASE)}`,
        secretAccessKey: randomBytes(30).toString("base64"),
        sessionToken: randomBytes(192).toString("base64"),
      },
      ...{ roleArn, sessionName },
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
    return this.#roleSession(session);
  }

  #administrator(): Principal {
    return {
      kind: "administrator",
      arn: formatArn(this.place, "iam", "user/local-administrator", { region: "" }),
      accountId: this.place.accountId,
      userId: uniqueId("AIDA", "local-administrator"),
    };
  }

  #roleSession({ roleArn, sessionName }: Session): Principal {
    // The session's ARN has the role's name without its path: "IAM identifiers" in the IAM user guide.
    const roleName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
    return {
      kind: "role",
      roleArn,
      arn: formatArn(this.place, "sts", `assumed-role/${roleName}/${sessionName}`, { region: "" }),
      accountId: this.place.accountId,
      userId: `${uniqueId("AROA", roleArn)}:${sessionName}`,
    };
  }
}

/** An id of the form that IAM gives its resources, the same for the same name in every run. */
function uniqueId(prefix: string, name: string): string {
  return prefix + seededId(name, 17, UPPERCASE);
}

function equal(expected: string, received: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(expected), digest(received));
}

import type { CustomAuth } from "./challenges";
import { incorrectCredentials, invalidParameter, notAuthorized, userNotFound } from "./errors";
import { type Attempt, admit, fail, preAuthenticate, type Step } from "./sign-in";
import { isProof, openExchange, type SrpProof, toHex } from "./srp";
import type { User } from "./users";

/**
 * Opens an SRP exchange. Where the client hides who exists, a name that nobody has gets one too, and it fails at its
 * end as a wrong password does ("Managing user existence error responses", Amazon Cognito Developer Guide).
 */
export async function startSrp(attempt: Attempt, name: string, srpA: string): Promise<Step> {
  const user = await preAuthenticate(attempt, name);
  return openSrp(attempt, user, name, srpA);
}

/** The same within a sign-in that custom challenges are part of. */
export function openSrp(
  { pool, client }: Attempt,
  user: User | undefined,
  name: string,
  srpA: string,
  custom?: CustomAuth,
): Step {
  if (user === undefined && !client.hidesUsers) throw userNotFound();
  const { username, credentials } = user ?? pool.decoy(name);
  const exchange = openExchange(srpA, credentials.srp);
  if (exchange === undefined) throw invalidParameter("SRP_A is not a number that this exchange can use.");
  const srp = { exchange, name, internalName: username };
  const session = pool.firstSteps.open("PASSWORD_VERIFIER", user, client, {
    srp,
    ...(custom === undefined ? {} : { custom }),
  });
  return {
    kind: "challenge",
    name: "PASSWORD_VERIFIER",
    parameters: {
      SALT: toHex(credentials.srp.salt),
      SRP_B: toHex(exchange.serverValue),
      SECRET_BLOCK: Buffer.from(session, "base64url").toString("base64"),
      USERNAME: username,
      USER_ID_FOR_SRP: username,
    },
  };
}

/** How clients write the time: `Tue Jan 6 09:05:01 UTC 2026`. */
const srpTimestamp = /^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{2}:\d{2}:\d{2} UTC \d{4}$/;

export function checkTimestamp(timestamp: string): void {
  if (!srpTimestamp.test(timestamp)) {
    throw invalidParameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english");
  }
}

/** Ends an SRP exchange with a user whose password is right. The secret block stands for it, and works once. */
export function proveBySrp(
  attempt: Attempt,
  proof: SrpProof,
): { readonly user: User; readonly custom: CustomAuth | undefined } {
  const { pool, client } = attempt;
  checkTimestamp(proof.timestamp);
  const session = proof.secretBlock.toString("base64url");
  const { user, srp, custom } = pool.firstSteps.find(session, "PASSWORD_VERIFIER", client.id);
  pool.firstSteps.close(session);
  if (srp === undefined) throw notAuthorized("Invalid session for the user.");
  const counted = user ?? srp.name;
  admit(pool, counted);
  const isRight = isProof(pool.settings.id, srp.exchange, { ...proof, username: srp.internalName });
  const isSameUser = [srp.internalName, srp.name].includes(proof.username);
  if (!isRight || !isSameUser || user === undefined) {
    fail(pool, counted);
    throw incorrectCredentials();
  }
  return { user, custom };
}

import { incorrectCredentials, invalidParameter, notAuthorized } from "./errors";
import { type Answer, type Attempt, admit, challengeOf, fail, type Step, signedIn } from "./sign-in";
import { isProof, openExchange, type SrpProof, toHex } from "./srp";
import { checkTimestamp } from "./srp-sign-in";

/** Begins the proof that the user's device is the one that was confirmed: `DEVICE_SRP_AUTH`. */
export function startDeviceSrp(
  attempt: Attempt,
  answer: Answer & { readonly deviceKey: string; readonly srpA: string },
): Step {
  const { pool, client } = attempt;
  const { user, device } = challengeOf(attempt, "DEVICE_SRP_AUTH", answer);
  if (device?.verifier === undefined || device.key !== answer.deviceKey)
    throw notAuthorized("Invalid session for the user.");
  const exchange = openExchange(answer.srpA, device.verifier);
  if (exchange === undefined) throw invalidParameter("SRP_A is not a number that this exchange can use.");
  pool.challenges.close(answer.session);
  const session = pool.challenges.open("DEVICE_PASSWORD_VERIFIER", user, client, {
    device,
    srp: { exchange, name: user.username, internalName: device.key },
  });
  return {
    kind: "challenge",
    name: "DEVICE_PASSWORD_VERIFIER",
    session,
    parameters: {
      SALT: toHex(device.verifier.salt),
      SRP_B: toHex(exchange.serverValue),
      SECRET_BLOCK: Buffer.from(session, "base64url").toString("base64"),
      DEVICE_KEY: device.key,
      USERNAME: user.username,
    },
  };
}

/** Ends it: the device signs its group's key and its own. A wrong proof counts as a wrong password does. */
export async function proveDevice(
  attempt: Attempt,
  { username, ...proof }: SrpProof & { readonly deviceKey: string },
): Promise<Step> {
  const { pool } = attempt;
  checkTimestamp(proof.timestamp);
  const session = proof.secretBlock.toString("base64url");
  const { user, device, srp } = challengeOf(attempt, "DEVICE_PASSWORD_VERIFIER", { session, username });
  pool.challenges.close(session);
  if (device === undefined || srp === undefined) throw notAuthorized("Invalid session for the user.");
  admit(pool, user);
  const isRight = isProof(device.groupKey, srp.exchange, { ...proof, username: device.key });
  if (!isRight || proof.deviceKey !== device.key) {
    fail(pool, user);
    throw incorrectCredentials();
  }
  device.lastAuthenticatedAt = pool.clock.now();
  return signedIn(attempt, user, undefined, device);
}

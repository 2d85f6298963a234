import type { Attacker } from "./attacker";
import { ID_TOKEN_VALIDITY } from "./token-defences";

/** Everything that an attacker may have got hold of. */
export interface Loot {
  readonly IdToken: string;
  readonly AccessToken: string;
  readonly otherPool: string;
  readonly otherClient: string;
  readonly expired: string;
  readonly early: string;
  /** The pool's public key, which anybody can read. */
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly attacker: Attacker;
}

const TWO_HOURS_S = 7_200;
const TEN_MINUTES_S = 600;

export async function lootOf(attacker: Attacker): Promise<Loot> {
  const { runtime, pool, target } = attacker;
  const IdToken = await attacker.token();
  const validS = ID_TOKEN_VALIDITY.secondsOf(runtime.inside.deployment, pool.clientId);
  const issuedAt = Math.floor(attacker.scene.host.now() / 1000) - TWO_HOURS_S;
  const { users } = runtime.inside.ports;
  const keys = users.wellKnownDocument(`/${target.user.poolId}/.well-known/jwks.json`) as {
    keys: [Loot["jwk"]];
  };
  return {
    attacker,
    IdToken,
    AccessToken: await attacker.token("access"),
    otherPool: await attacker.tokenOfOtherPool(),
    otherClient: await attacker.token("id", { aud: "anotherclient00000000000000" }),
    expired: await attacker.token("id", { exp: issuedAt + validS }, TWO_HOURS_S),
    early: await attacker.token("id", {}, -TEN_MINUTES_S),
    jwk: keys.keys[0],
  };
}

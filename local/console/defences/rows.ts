import { bodyAttacks } from "./bodies";
import { cognitoAttacks } from "./cognito";
import type { Attack } from "./defence";
import { edgeAttacks } from "./edge";
import { insideAttacks } from "./inside";
import { signInAttacks } from "./sign-in";
import { tokenAttacks } from "./tokens";
import { webAclAttacks } from "./web-acl";

/** An attack that stands for a row of docs/security.md. */
export type ListedAttack = Attack & { readonly threat: string };

/** Those that the console lists, in the order of docs/security.md. To add one is to add a row. */
export const ATTACKS: readonly ListedAttack[] = [
  ...tokenAttacks,
  ...cognitoAttacks,
  ...bodyAttacks,
  ...webAclAttacks,
  ...edgeAttacks,
  ...insideAttacks,
  ...signInAttacks,
]
  .flatMap((attack) => (attack.threat === undefined ? [] : [{ ...attack, threat: attack.threat }]))
  .sort((one, other) => (one.owasp < other.owasp ? -1 : one.owasp > other.owasp ? 1 : 0));

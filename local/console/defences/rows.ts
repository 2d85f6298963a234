import { answerAttacks } from "./answers";
import { authorizationAttacks } from "./authorization";
import { bodyAttacks, moreBodyAttacks } from "./bodies";
import { cognitoAttacks } from "./cognito";
import { type Attack, OWASP } from "./defence";
import { insideAttacks } from "./inside";
import { invocationAttacks } from "./invocations";
import { limitAttacks } from "./limits";
import { routeAttacks } from "./routes";
import { signInAttacks } from "./sign-in";
import { tokenAttacks } from "./tokens";
import { webAclAttacks } from "./web-acl";

/** An attack that stands for a row of docs/security.md. */
export type ListedAttack = Attack & { readonly threat: string };

const HEADINGS = Object.values(OWASP);

/** Those that the console lists, in the order of docs/security.md. To add one is to add a row. */
export const ATTACKS: readonly ListedAttack[] = [
  ...authorizationAttacks,
  ...tokenAttacks,
  ...cognitoAttacks,
  ...bodyAttacks,
  ...moreBodyAttacks,
  ...webAclAttacks,
  ...limitAttacks,
  ...answerAttacks,
  ...insideAttacks,
  ...invocationAttacks,
  ...routeAttacks,
  ...signInAttacks,
]
  .flatMap((attack) => (attack.threat === undefined ? [] : [{ ...attack, threat: attack.threat }]))
  .sort((one, other) => HEADINGS.indexOf(one.owasp) - HEADINGS.indexOf(other.owasp));

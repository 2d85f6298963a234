import { authenticationRows } from "./authentication";
import type { DefenceRow } from "./defence";
import { edgeRows } from "./edge";
import { insideRows } from "./inside";
import { signInRows } from "./sign-in";

/** The defences that can be attacked and taken out, in the order of docs/security.md. To add one is to add a row. */
export const DEFENCES: readonly DefenceRow[] = [
  ...authenticationRows,
  ...signInRows,
  ...edgeRows,
  ...insideRows,
].sort((one, other) => (one.owasp < other.owasp ? -1 : one.owasp > other.owasp ? 1 : 0));

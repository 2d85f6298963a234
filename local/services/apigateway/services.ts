import type { Clock } from "../../kernel/clock";
import type { Ports } from "../ports";

/** What the edge calls on the way of a request. */
export interface EdgeServices {
  readonly clock: Clock;
  readonly ports: Pick<Ports, "webAclFor" | "tokens" | "functions" | "logs">;
}

import type { BodyText, Pairs } from "./http";

/** An attack, and the defence against it. Several attacks may be on one defence, and then share its switch. */
export interface Defence {
  readonly id: string;
  readonly defenceId: string;
  /** `API2:2023 Broken Authentication` */
  readonly owasp: string;
  readonly threat: string;
  readonly layer: string;
  /** `aws_api_gateway_method.authorization` */
  readonly setting: string;
  /** The resources that carry it. */
  readonly addresses: readonly string[];
  readonly isOff: boolean;
  /** Why it has no attack or no switch in this deployment; not set where it has both. */
  readonly unavailable?: string;
  /** The newest run with all defences on, and the newest with this one off. */
  readonly withDefence?: AttackRun;
  readonly withoutDefence?: AttackRun;
}

export interface NotRun {
  /** `API2:2023 Broken Authentication` */
  readonly owasp: string;
  readonly threat: string;
  /** Why the console does not run the attack. */
  readonly why: string;
}

export interface DefenceSwitch {
  readonly ids: readonly string[];
  readonly isOff: boolean;
}

export interface Restart {
  /** What did not survive: messages that were on their way for longer, the buckets' levels, sign-ins that had not come to an end. */
  readonly lost: readonly string[];
}

export interface AttackRun {
  readonly id: string;
  readonly at: number;
  readonly defencesOff: readonly string[];
  /** Whether the attacker got what it wanted. */
  readonly succeeded: boolean;
  /** One sentence. */
  readonly summary: string;
  readonly exchanges: readonly AttackExchange[];
}

export interface AttackExchange {
  /** `POST /lambda1 without a token` */
  readonly title: string;
  /** For `GET /api/requests/{id}`; not set for a call of an AWS API. */
  readonly id?: string;
  readonly status: number;
  readonly headers: Pairs;
  readonly body: BodyText;
  /** How often the same answer came: a flood is one exchange for each answer. */
  readonly times: number;
}

export interface Comparison {
  readonly withDefence: AttackRun;
  readonly withoutDefence: AttackRun;
}

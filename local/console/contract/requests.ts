import type { Caller, RequestTrace, TraceStep } from "../../kernel/trace";
import type { KeptExchange } from "./http";
import type { MessageView } from "./messages";
import type { RunView } from "./runs";
import type { TryRequest } from "./try";

export interface RequestSummary
  extends Pick<
    RequestTrace,
    "at" | "method" | "path" | "query" | "sourceIp" | "userAgent" | "status" | "durationMs" | "decidedBy"
  > {
  /** Unique. API Gateway's request id; one of the console's for what the server refused before. */
  readonly id: string;
  /** Refused: a layer's own answer. Answered: the API's. Failed: 5xx. */
  readonly outcome: "answered" | "refused" | "failed";
  readonly caller?: CallerView;
  /** The map's nodes that it passed, in order; it was decided at the last one. */
  readonly way: readonly string[];
  /** The defences that were off when it came. */
  readonly defencesOff: readonly string[];
}

export interface CallerView extends Caller {
  readonly poolName: string;
  /** The e-mail address, else the user name; not set once the user is gone. */
  readonly username?: string;
}

export interface RequestDetail extends RequestSummary {
  /** Every layer in AWS's order, also those that the request did not reach. */
  readonly ladder: readonly Rung[];
  /** The function that answered, and those that ran because of it (the topic's), in the order of their start. */
  readonly runs: readonly RunView[];
  readonly messages: readonly MessageView[];
  readonly onAws: readonly OnAws[];
  /** Where a layer refused: what would let the same request pass it. */
  readonly advice?: Advice;
  /** Set where headers and bodies were kept when it came. */
  readonly exchange?: KeptExchange;
  /** The request as a curl command; with `$TOKEN` and `'…'` for what was not kept or is masked. */
  readonly curl: string;
}

export type Rung =
  | (TraceStep & { readonly reached: true })
  | { readonly reached: false; readonly layer: string };

/** What AWS would write of this request. */
export interface OnAws {
  readonly kind: "access log" | "execution log" | "web ACL log" | "function log";
  /** A log group's name; for a web ACL its destination. */
  readonly where: string;
  readonly lines: readonly string[];
  /** Where AWS would write nothing: why. */
  readonly note?: string;
}

export interface Advice {
  readonly layer: TraceStep["layer"];
  /** One sentence: `Send an ID token of a user of MyUserPool1 in the header Authorization.` */
  readonly text: string;
  /** A request for the page "Try it" that would pass this layer. */
  readonly request?: TryRequest;
  /** Where it is set: `aws_api_gateway_method.POST-lambda1`. */
  readonly address?: string;
}

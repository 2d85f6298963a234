import type { Clock } from "../../kernel/clock";
import type { TokenVerifier } from "../../kernel/token-verification";
import type { FunctionInvoker } from "../../kernel/function-invoker";
import type { WebAclInspector } from "../wafv2/inspection";

/** Where access and execution logs go. A line for a log group that is not there is dropped. */
export interface LogSink {
  put(group: string, stream: string, message: string, timestamp: number): void;
}

/** What the edge calls on the way of a request. */
export interface EdgeServices {
  readonly clock: Clock;
  /** The web ACL that guards the stage with that ARN. */
  readonly webAclFor: (stageArn: string) => WebAclInspector | undefined;
  readonly tokens: TokenVerifier;
  readonly functions: FunctionInvoker;
  readonly logs: LogSink;
}

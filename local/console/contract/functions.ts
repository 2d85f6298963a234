import type { RunView, StatementRef } from "./runs";

export interface FunctionView {
  readonly name: string;
  readonly arn: string;
  readonly address: string;
  readonly handler: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number;
  readonly logGroup: string;
  readonly instances: number;
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  readonly bundle: readonly { readonly file: string; readonly bytes: number }[];
  /** Newest first, at most 20. */
  readonly recentRuns: readonly RunView[];
}

export interface FunctionPermissions {
  readonly functionName: string;
  readonly roleArn: string;
  readonly rows: readonly PermissionRow[];
  /** The smallest identity policy that allows what was seen; `undefined` where nothing was. */
  readonly smallestPolicy?: PolicyJson;
  /** How many calls it rests on. */
  readonly calls: number;
}

export interface PermissionRow {
  readonly action: string;
  readonly resource: string;
  readonly verdict: "used" | "never used" | "denied";
  readonly count: number;
  readonly lastAt?: number;
  /** The statement that grants it, or denied it. */
  readonly statement?: StatementRef;
}

export interface PolicyJson {
  readonly Version: "2012-10-17";
  readonly Statement: readonly {
    readonly Effect: "Allow";
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
  }[];
}

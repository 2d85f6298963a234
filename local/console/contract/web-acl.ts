import type { RequestSummary } from "./requests";

export interface WebAclOverview {
  readonly webAcls: readonly WebAclView[];
  readonly bucketMs: number;
  /** Without gaps, oldest first. */
  readonly overTime: readonly {
    readonly at: number;
    readonly allowed: number;
    readonly blocked: number;
    readonly counted: number;
  }[];
  readonly totals: { readonly allowed: number; readonly blocked: number; readonly counted: number };
  /** Each sorted, most first, at most 20. */
  readonly byRule: readonly Count[];
  readonly bySource: readonly Count[];
  readonly byPath: readonly Count[];
  readonly byMethod: readonly Count[];
  /** Kind of device, from the user agent. */
  readonly byDevice: readonly Count[];
  /** What AWS's managed rules would likely have done. */
  readonly predictions: readonly Count[];
  /** Newest first, at most 100. Open one by its id. */
  readonly sampled: readonly SampledRequest[];
}

export interface WebAclView {
  readonly name: string;
  readonly arn: string;
  readonly address: string;
  readonly defaultAction: "ALLOW" | "BLOCK";
  readonly rules: readonly {
    readonly name: string;
    readonly priority: number;
    readonly action: string;
    /** Only AWS has its rules: they are predicted. */
    readonly isManaged: boolean;
    readonly matched: number;
  }[];
}

export interface Count {
  readonly name: string;
  readonly count: number;
  /** Of them, blocked. */
  readonly blocked: number;
}

export interface SampledRequest
  extends Pick<RequestSummary, "id" | "at" | "method" | "path" | "sourceIp" | "userAgent"> {
  readonly action: "ALLOW" | "BLOCK" | "COUNT";
  readonly rule: string;
  readonly labels: readonly string[];
}

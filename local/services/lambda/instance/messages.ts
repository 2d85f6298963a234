/** An event for the handler. */
export interface EventMessage {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: string;
  readonly remainingMs: number;
  /** `Root=…;Parent=…;Sampled=0` */
  readonly traceId: string;
  /** JSON in base64. */
  readonly clientContext?: string | undefined;
}

/** What an instance reports. */
export type InstanceMessage =
  | { readonly type: "ready" }
  | { readonly type: "log"; readonly text: string }
  /** The module could not be loaded, or it failed outside of a run. The process ends. */
  | { readonly type: "init-failure"; readonly payload: string }
  | { readonly type: "success"; readonly payload: string; readonly memoryBytes: number }
  | { readonly type: "failure"; readonly payload: string; readonly memoryBytes: number }
  /** The run failed outside of the handler's own promise. The process ends. */
  | { readonly type: "fatal"; readonly payload: string; readonly memoryBytes: number };

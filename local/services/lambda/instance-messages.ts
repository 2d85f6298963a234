/** What an instance is made with. */
export interface InstanceData {
  /** The folder that would be zipped. */
  readonly codeFolder: string;
  /** `index.handler` */
  readonly handler: string;
  /** The fields of the handler's context that are the same for every event. */
  readonly context: {
    readonly functionName: string;
    readonly functionVersion: string;
    readonly memoryLimitInMB: string;
    readonly logGroupName: string;
    readonly logStreamName: string;
  };
}

/** An event for the handler. */
export interface EventMessage {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: string;
  readonly remainingMs: number;
}

/** What an instance reports. */
export type InstanceMessage =
  | { readonly type: "ready" }
  | { readonly type: "log"; readonly text: string }
  /** The module could not be loaded, or it failed outside of a run. The thread ends. */
  | { readonly type: "init-failure"; readonly payload: string }
  | { readonly type: "success"; readonly payload: string; readonly memoryBytes: number }
  | { readonly type: "failure"; readonly payload: string; readonly memoryBytes: number }
  /** The run failed outside of the handler's own promise. The thread ends. */
  | { readonly type: "fatal"; readonly payload: string; readonly memoryBytes: number };

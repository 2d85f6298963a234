/** Where functions, access logs and execution logs write. A line for a log group that is not there is dropped. */
export interface LogSink {
  put(group: string, stream: string, message: string, timestamp: number): void;
}

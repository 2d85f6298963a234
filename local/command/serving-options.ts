import { consolePort, managedRules, notNegative, onOrOff, port } from "./option-values";

/** The options of every command that serves. */
export const servingOptions = {
  port: { value: "N", help: "the port; 0 for a free one", default: "3000", read: port },
  fault: {
    value: "SPEC",
    help: "makes a service fail on purpose: SERVICE:MODE or SERVICE:MODE:RATE, such as sns:error, secretsmanager:timeout, lambda:throttle, sns:error:0.3",
    repeats: true,
  },
  service: {
    value: "NAME=URL",
    help: "an endpoint of your own for a service that is not served here, such as dynamodb=http://127.0.0.1:8000; functions call it by themselves",
    repeats: true,
  },
  "service-host": {
    value: "HOST",
    help: "a host besides this machine that --service may name",
    repeats: true,
  },
  "retry-delay-scale": {
    value: "X",
    help: "multiplies the minutes that Lambda waits between retries",
    default: "1",
    read: notNegative,
  },
  "managed-rules": {
    value: "WHAT",
    help: "what becomes of a request that a managed rule of AWS's would likely block: block, show or off",
    default: "show",
    read: managedRules,
  },
  "console-port": {
    value: "N",
    help: "the console's port, 0 for a free one, or off (default: three after --port if it is free)",
    read: consolePort,
  },
  callback: {
    value: "WHICH",
    help: "the page at the first callback on this machine, where a sign-in ends: on or off (default: on, unless --port is 0)",
    read: onOrOff,
  },
  open: { help: "opens the console in the browser" },
  https: {
    help: "takes TLS on the same port too, with a certificate of a local authority, and sends browsers there",
  },
  json: { help: "prints one JSON object a line" },
} as const;

export interface ServingWords {
  readonly port: number;
  readonly fault: readonly string[];
  readonly service: readonly string[];
  readonly "service-host": readonly string[];
  readonly "retry-delay-scale": number;
  readonly "managed-rules": "block" | "show" | "off";
  readonly "console-port": number | "off" | undefined;
  readonly callback: "on" | "off" | undefined;
  readonly open: boolean;
  readonly https: boolean;
  readonly json: boolean;
}

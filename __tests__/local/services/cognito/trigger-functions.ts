import { AwsError } from "../../../../local/kernel/aws-error";
import type { Invocation, InvocationResult } from "../../../../local/kernel/function-invoker";
import { isObject, type JsonObject, parseJson } from "../../../../local/kernel/json";
import { ACCOUNT, resourceAt, type Values } from "../../../support/deployment";
import { clientResource, poolResource, TestDirectory } from "./fixture";

export const arn = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
const functionOf = (name: string) => resourceAt(`aws_lambda_function.${name}`, { arn: arn(name) });

export interface Event extends JsonObject {
  readonly triggerSource: string;
  readonly request: JsonObject;
}

/** Returns the `response` of its event. */
export type Handler = (event: Event) => unknown;

/** Functions by name; what is not an object is returned in place of the whole event. */
export class TestFunctions {
  readonly events: Event[] = [];
  readonly invocations: Invocation[] = [];

  constructor(private readonly handlers: Readonly<Record<string, Handler>>) {}

  async invoke(invocation: Invocation): Promise<InvocationResult> {
    this.invocations.push(invocation);
    const event = parseJson(invocation.payload);
    if (!isEvent(event)) throw new Error(`no event: ${invocation.payload}`);
    this.events.push(event);
    const about = { requestId: "1", logTail: "", durationMs: 1 };
    try {
      const response = await this.handlers[invocation.functionArn.split(":").at(-1) ?? ""]?.(event);
      return {
        ...about,
        ok: true,
        payload: JSON.stringify(response === null ? null : { ...event, response }),
      };
    } catch (error) {
      if (error instanceof AwsError) throw error;
      const { message } = error instanceof Error ? error : { message: String(error) };
      const payload = JSON.stringify({ errorType: "Error", errorMessage: message, trace: [] });
      return { ...about, ok: false, payload, cause: "error" };
    }
  }

  get sources(): string[] {
    return this.events.map(({ triggerSource }) => triggerSource);
  }

  event(source: string): Event {
    const found = this.events.find(({ triggerSource }) => triggerSource === source);
    if (found === undefined) throw new Error(`${source} did not run, but ${this.sources}`);
    return found;
  }
}

function isEvent(value: unknown): value is Event {
  return isObject(value) && typeof value.triggerSource === "string" && isObject(value.request);
}

/** A pool whose trigger of each attribute of `lambda_config` is a function of that name. */
export async function poolWith(
  handlers: Readonly<Record<string, Handler>>,
  { pool = {}, client = {}, config = {} }: { pool?: Values; client?: Values; config?: Values } = {},
) {
  const functions = new TestFunctions(handlers);
  const names = Object.keys(handlers);
  const lambdaConfig = Object.fromEntries(names.map((name) => [name, arn(name)]));
  const directory = await TestDirectory.running(
    functions,
    poolResource(1, { lambda_config: { ...lambdaConfig, ...config }, ...pool }),
    clientResource("client1", 1, client),
    ...names.map(functionOf),
  );
  return { directory, functions };
}

export const echo: Handler = () => ({});

export const refuse =
  (message: string): Handler =>
  () => {
    throw new Error(message);
  };

import { setTimeout as delay } from "node:timers/promises";
import type { WireError } from "./aws-api/service";
import { AwsError } from "./kernel/aws-error";
import type { Faults } from "./kernel/faults";
import { UserError } from "./kernel/user-error";
import { services } from "./services/index";

export interface FaultPlanOptions {
  /** From 0 up to, not including, 1. @default Math.random */
  readonly random?: () => number;
  /** Ends the waiting of timeouts when the runtime stops. */
  readonly signal: AbortSignal;
  /** How long a call waits that times out; resolves early, or throws, when the signal is aborted. @default a timer */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Longer than any SDK's or function's own timeout here, so that the client gives up first. */
const timeoutMilliseconds = 30_000;

type FaultMode = "error" | "timeout" | "throttle";

const modes: readonly FaultMode[] = ["error", "timeout", "throttle"];

interface Fault {
  readonly service: string;
  readonly mode: FaultMode;
  readonly rate: number;
}

/** A fault that cannot be planned; the message names the value and what is accepted. */
export class FaultError extends UserError {
  override readonly name = "FaultError";
}

/**
 * Reads `--fault` options: `<service>:<mode>`, followed by a rate from 0 to 1; without one, always.
 *
 * @throws FaultError that names the option's value and what is accepted
 */
export function parseFaults(specs: readonly string[], options: FaultPlanOptions): Faults {
  const faults = specs.map(parseFault);
  const random = options.random ?? Math.random;
  const wait = options.wait ?? waitUnreferenced;
  return {
    async strike(service) {
      const due = faults.find((fault) => fault.service === service && random() < fault.rate);
      if (due === undefined) return;
      if (due.mode === "timeout") await wait(timeoutMilliseconds, options.signal);
      throw faultError(due);
    },
  };
}

function parseFault(spec: string): Fault {
  const [service = "", mode = "", rate = "1", ...rest] = spec.split(":");
  const knownMode = modes.find((known) => known === mode);
  const number = /^\d*\.?\d+$/.test(rate) ? Number(rate) : Number.NaN;
  const names = services.map(({ name }) => name);
  if (rest.length > 0 || !names.includes(service) || !knownMode || !(number <= 1)) {
    throw new FaultError(
      `--fault ${JSON.stringify(spec)} is not <service>:<mode> or <service>:<mode>:<rate>; services: ${names.join(", ")}; modes: ${modes.join(", ")}; rate: a number from 0 to 1, for example sns:error:0.3`,
    );
  }
  return { service, mode: knownMode, rate: number };
}

const unknown: WireError = { code: "InternalFailure", message: "Internal failure", status: 500 };

function faultError(fault: Fault): AwsError {
  const errors = services.find(({ name }) => name === fault.service)?.errors;
  const { code, message, status } =
    (fault.mode === "throttle" ? errors?.throttled : errors?.internal) ?? unknown;
  return new AwsError(code, message, status);
}

/** Does not keep the process alive. */
async function waitUnreferenced(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}

import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { UserError } from "../../kernel/user-error";
import { withoutAccount } from "../credentials";

/** moto's server with its corrections, which ends with the process that started it. */
export const LAUNCHER = path.join(__dirname, "moto_server.py");

const START_LIMIT_MS = 30_000;

/** moto, an AWS API on this machine, for as long as somebody needs it. */
export interface Moto {
  readonly endpoint: string;
  /** With everything that it holds. */
  stop(): void;
}

/** @throws UserError with the end of what moto said when it does not start; the signal's reason when it is aborted */
export async function startMoto(python: string, signal: AbortSignal): Promise<Moto> {
  signal.throwIfAborted();
  // moto itself asks boto3, which stops at a profile that is not there.
  const child = spawn(python, [LAUNCHER, "-H", "127.0.0.1", "-p", "0"], {
    env: { ...withoutAccount(process.env), MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  try {
    return { endpoint: await endpointOf(child, signal), stop: () => child.kill() };
  } catch (error) {
    child.kill();
    throw error;
  }
}

function endpointOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(START_LIMIT_MS)]);
  return new Promise((resolve, reject) => {
    let said = "";
    let started = false;
    const fail = () => {
      const end = said.trim().split("\n").slice(-10).join("\n");
      reject(signal.aborted ? signal.reason : new UserError(`moto has not started\n${end}`));
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        // Once it runs, nobody reads what it says: a line for each call.
        if (started) return;
        said += text;
        const [, endpoint] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? [];
        if (endpoint === undefined) return;
        started = true;
        resolve(endpoint);
      });
    }
    child.once("error", fail).once("exit", fail);
    limit.addEventListener("abort", fail, { once: true });
  });
}

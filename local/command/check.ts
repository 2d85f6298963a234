import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { systemClock } from "../kernel/clock";
import type { Runtime, RuntimeInside } from "../runtime-options";
import { TestUser } from "../test-user";
import { withoutAccount } from "./credentials";
import { isErrorLike } from "./describe-error";
import type { Endpoints } from "./endpoints";

const IS_WINDOWS = process.platform === "win32";

/** What a check is run against, and how it is known to it. */
interface Checked {
  readonly runtime: Pick<Runtime, "userPools" | "createUser"> & {
    readonly inside: Pick<RuntimeInside, "call">;
  };
  readonly endpoints: Pick<Endpoints, "invokeUrl" | "awsEndpointUrl" | "region">;
  readonly file: string;
  readonly onNotice: (text: string) => void;
}

/**
 * Runs a shell command that finds in its environment how the API is reached, and leaves no process of it behind. Of several commands,
 * the first that fails ends it, as in a step of a CI server.
 *
 * @returns the command's exit code
 * @throws the signal's reason where it was interrupted
 */
export async function runCheck(command: string, checked: Checked, signal: AbortSignal): Promise<number> {
  const env = { ...withoutAccount(process.env), ...(await variablesOf(checked)) };
  signal.throwIfAborted();
  const options = { stdio: "inherit", env } as const;
  const child = IS_WINDOWS
    ? spawn(command, { ...options, shell: true })
    : spawn("/bin/sh", ["-ec", command], { ...options, detached: true });
  const code = await endOf(child, signal);
  signal.throwIfAborted();
  checked.onNotice(code === 0 ? `the check passed: ${command}` : `the check ended with ${code}: ${command}`);
  return code;
}

/** The calls of the AWS CLI and SDKs reach what is served, and nobody's account. */
async function variablesOf(checked: Checked): Promise<Record<string, string>> {
  const { invokeUrl, awsEndpointUrl, region } = checked.endpoints;
  return {
    INVOKE_URL: invokeUrl,
    ENDPOINTS_FILE: checked.file,
    AWS_ENDPOINT_URL: awsEndpointUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    ...(await idTokens(checked)),
  };
}

/** `ID_TOKEN_MYUSERPOOL1`: of a user of its own in each pool, signed in as the pool wants it. */
async function idTokens({ runtime, onNotice }: Checked): Promise<Record<string, string>> {
  const tokens: Record<string, string> = {};
  for (const pool of runtime.userPools) {
    const user = new TestUser(pool, runtime.inside.call, systemClock);
    try {
      runtime.createUser(pool.id, user);
      tokens[`ID_TOKEN_${pool.name.toUpperCase().replace(/[^A-Z\d]/g, "_")}`] = await user.idToken();
    } catch (error) {
      onNotice(`the check has no ID token of ${pool.name}: ${isErrorLike(error) ? error.message : error}`);
    }
  }
  return tokens;
}

/** For how long an interrupted check may put things in order. */
const GRACE_MS = 2_000;

async function endOf(child: ChildProcess, signal: AbortSignal): Promise<number> {
  const end = (name: "SIGTERM" | "SIGKILL") => {
    try {
      // A group of its own: what the command has started ends with it.
      if (IS_WINDOWS || child.pid === undefined) child.kill(name);
      else process.kill(-child.pid, name);
    } catch {
      // It has ended, and left nothing.
    }
  };
  let impatience: NodeJS.Timeout | undefined;
  const stop = () => {
    end("SIGTERM");
    impatience = setTimeout(() => end("SIGKILL"), GRACE_MS);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      child
        .once("error", reject)
        .once("exit", (code, killed) => resolve(code ?? 128 + (constants.signals[killed ?? "SIGTERM"] ?? 0)));
    });
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(impatience);
    end("SIGTERM");
  }
}

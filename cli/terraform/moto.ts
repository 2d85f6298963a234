import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { LAUNCHER } from "../../local/command/terraform/moto";
import type { Environment } from "../../local/command/terraform/tools";
import { UserError } from "../../local/kernel/user-error";
import { settings } from "../../stacks/common/settings";
import { PROJECT } from "../common/project";

const FOLDER = path.join(PROJECT, ".local");
const FILE = path.join(FOLDER, "moto.json");
const LOG = path.join(FOLDER, "moto.log");
/** What Terraform knows of its resources: worthless without it. */
const STATE = path.join(PROJECT, "state", "moto");
const START_LIMIT_MS = 30_000;

const keptSchema = v.object({ pid: v.number(), endpoint: v.string() });

/** moto, an AWS API on this machine, that keeps running between commands, until it is stopped. */
export type KeptMoto = v.InferOutput<typeof keptSchema>;

/** The one that runs, `undefined` where none does. */
export async function runningMoto(): Promise<KeptMoto | undefined> {
  let kept: KeptMoto;
  try {
    kept = v.parse(keptSchema, JSON.parse(readFileSync(FILE, "utf8")));
    await fetch(`${kept.endpoint}/moto-api/`, { signal: AbortSignal.timeout(5000) });
    return kept;
  } catch {
    return undefined;
  }
}

/**
 * Starts one that outlives this process. The state of an earlier one is dropped: its resources are gone with it.
 *
 * @throws UserError with the end of what moto said when it does not start; the signal's reason when it is aborted
 */
export async function startKeptMoto(python: string, signal: AbortSignal): Promise<KeptMoto> {
  forget();
  mkdirSync(FOLDER, { recursive: true });
  const log = openSync(LOG, "w");
  const child = spawn(python, [LAUNCHER, "-H", "127.0.0.1", "-p", "0"], {
    detached: true,
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true", MOTO_OUTLIVES_PARENT: "true" },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const endpoint = await endpointInLog(isAlive, signal).catch((error: unknown) => {
    child.kill();
    throw error;
  });
  const kept = { pid: child.pid ?? 0, endpoint };
  writeFileSync(`${FILE}.draft`, `${JSON.stringify(kept, null, 2)}\n`);
  renameSync(`${FILE}.draft`, FILE);
  return kept;
}

/** Stops it, with everything that it holds. */
export function stopKeptMoto({ pid }: KeptMoto): void {
  try {
    process.kill(pid);
  } catch {
    // It has ended by itself.
  }
  forget();
}

function forget(): void {
  for (const leftover of [FILE, LOG, STATE]) rmSync(leftover, { recursive: true, force: true });
}

async function endpointInLog(isAlive: () => boolean, signal: AbortSignal): Promise<string> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const said = readFileSync(LOG, "utf8");
    const endpoint = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
    if (endpoint !== undefined) return endpoint;
    if (!isAlive() || Date.now() > deadline) {
      throw new UserError(`moto has not started\n${said.trim().split("\n").slice(-10).join("\n")}`);
    }
    await sleep(100, undefined, { signal });
  }
}

/**
 * The environment in which Terraform and the AWS SDK reach moto, and no AWS account:
 * none of the caller's credentials, profiles or endpoints is in it.
 *
 * The caller's settings of the stacks are left out as well, except those in `chosen`.
 *
 * @param endpoint where moto listens
 */
export function motoEnvironment(
  endpoint: string,
  chosen: Readonly<Record<string, string>> = {},
  env: Environment = process.env,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(AWS|TF)_/.test(entry[0]) && !(entry[0] in settings),
  );
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "moto",
    AWS_SECRET_ACCESS_KEY: "moto",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_REGION: settings.AWS_REGION.standard,
    CHECKPOINT_DISABLE: "1",
    ...chosen,
    TARGET: "moto",
  };
}

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import { UserError } from "../kernel/user-error";
import { codeOf } from "./describe-error";
import { isRunning } from "./process-state";

/** Where a running local runtime is reached. */
const endpointsSchema = v.object({
  /** The process that serves. */
  pid: v.number(),
  invokeUrl: v.string(),
  awsEndpointUrl: v.string(),
  /** With its token; left out where no console is served. */
  consoleUrl: v.optional(v.string()),
  inboxUrl: v.string(),
  /** The page at which a sign-in on the login page ends; left out where none is served. */
  callbackPageUrl: v.optional(v.string()),
  /** With `--https`: the same port over TLS, and the certificate that clients have to trust for it. */
  https: v.optional(v.object({ url: v.string(), authorityFile: v.string() })),
  region: v.string(),
  userPools: v.array(
    v.object({
      name: v.string(),
      id: v.string(),
      clientId: v.string(),
      loginPageUrl: v.optional(v.string()),
      user: v.object({ email: v.string(), password: v.string() }),
    }),
  ),
  /** As AWS would know them. */
  functions: v.optional(v.array(v.string())),
  /** The values of the API clients' keys. */
  apiKeys: v.optional(v.array(v.string())),
});

export type Endpoints = v.InferOutput<typeof endpointsSchema>;

export const DEFAULT_ENDPOINTS_FILE = path.join(".local", "endpoints.json");

/** The file as this process wrote it. */
export interface PublishedEndpoints {
  /** What stood there before, of a runtime that still runs. */
  readonly replaced?: Endpoints;
  /** Gives the file back to that runtime while it runs, else removes it; leaves alone what another process wrote since. */
  withdraw(): void;
}

/**
 * Writes the file so that whoever sees it sees all of it; only its owner may read it, because it holds passwords.
 *
 * @throws UserError when it cannot be written
 */
export function publishEndpoints(file: string, endpoints: Endpoints): PublishedEndpoints {
  const replaced = endpointsOfAnother(file);
  write(file, endpoints);
  return {
    ...(replaced === undefined ? {} : { replaced }),
    withdraw() {
      if (readIfThere(file)?.pid !== process.pid) return;
      if (replaced !== undefined && isRunning(replaced.pid)) write(file, replaced);
      else rmSync(file, { force: true });
    },
  };
}

function endpointsOfAnother(file: string): Endpoints | undefined {
  const endpoints = readIfThere(file);
  return endpoints !== undefined && endpoints.pid !== process.pid && isRunning(endpoints.pid)
    ? endpoints
    : undefined;
}

function write(file: string, endpoints: Endpoints): void {
  const draft = `${file}.${process.pid}`;
  try {
    makeFolder(path.dirname(path.resolve(file)));
    rmSync(draft, { force: true });
    try {
      // Exclusively, so that a link that somebody put there is not followed.
      writeFileSync(draft, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600, flag: "wx" });
      renameSync(draft, file);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (error) {
    throw new UserError(
      `cannot write ${file} (${codeOf(error) ?? error}): name another file with --endpoints-file`,
    );
  }
}

/** Node's recursive `mkdir` does not end where a parent refuses with ENOENT, as `/proc` does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

function readIfThere(file: string): Endpoints | undefined {
  try {
    return readEndpoints(file);
  } catch {
    return undefined;
  }
}

/** @throws UserError naming the file and the remedy when it is not there or not what the runtime writes */
export function readEndpoints(file: string): Endpoints {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT") throw new UserError(`cannot read ${file}: ${code ?? error}`);
    throw new UserError(
      `${file} is not there: start the local runtime with npm start, or name its file with --endpoints`,
    );
  }
  const noEndpoints = (why: string) =>
    new UserError(`${file} is not an endpoints file (${why}): start the local runtime again with npm start`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw noEndpoints("not JSON");
  }
  const result = v.safeParse(endpointsSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw noEndpoints(`${v.getDotPath(issue) ?? "the whole"}: ${issue.message}`);
}

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import { UserError } from "./command";

/** Where a running local runtime is reached. */
const endpointsSchema = v.object({
  /** The process that serves. */
  pid: v.number(),
  invokeUrl: v.string(),
  awsEndpointUrl: v.string(),
  region: v.string(),
  userPools: v.array(
    v.object({
      name: v.string(),
      id: v.string(),
      clientId: v.string(),
      user: v.object({ email: v.string(), password: v.string() }),
    }),
  ),
});

export type Endpoints = v.InferOutput<typeof endpointsSchema>;

export const DEFAULT_ENDPOINTS_FILE = path.join(".local", "endpoints.json");

/** Writes the file so that whoever sees it sees all of it; only its owner may read it, for it holds passwords. */
export function writeEndpoints(file: string, endpoints: Endpoints): void {
  const draft = `${file}.${process.pid}`;
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    writeFileSync(draft, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new UserError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Removes the file, unless another runtime has written its own there since. */
export function removeEndpoints(file: string, pid: number): void {
  try {
    if (readEndpoints(file).pid === pid) rmSync(file, { force: true });
  } catch {
    // Gone already, or not ours to judge.
  }
}

/** @throws UserError naming the file and the remedy when it is not there or not what the runtime writes */
export function readEndpoints(file: string): Endpoints {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new UserError(
      `${file} is not there: start the local runtime with npm start, or name its file with --endpoints`,
    );
  }
  try {
    return v.parse(endpointsSchema, JSON.parse(text));
  } catch {
    throw new UserError(`${file} is no endpoints file: start the local runtime again with npm start`);
  }
}

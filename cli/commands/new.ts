import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { CommandContext } from "../../local/command/command";
import { UserError } from "../../local/kernel/user-error";
import { checkRoutes } from "../../stacks/secure-edge/check-routes";
import { handlers } from "../../stacks/secure-edge/handlers";
import { type Route, userPoolsOf } from "../../stacks/secure-edge/route";
import { routes } from "../../stacks/secure-edge/routes";
import {
  filesOf,
  identifierOf,
  type NewApi,
  typeNameOf,
  withHandler,
  withRoute,
} from "../scaffolding/api-files";

interface NewApiWords {
  readonly name: string;
  readonly path: string;
  readonly method: string;
  readonly pool: string;
}

const HANDLERS = "stacks/secure-edge/handlers/index.ts";
const ROUTES = "stacks/secure-edge/routes.ts";

/** Words that no constant may be called by. */
const RESERVED = new Set(
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function handlers if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield".split(
    " ",
  ),
);

/** Writes a new API: its handler, the handler's definition and test, and their rows in the tables; all of it, or nothing. */
export async function newApi(
  words: NewApiWords,
  { project, stdout, signal }: CommandContext,
): Promise<number> {
  const api = checked(words);
  const files = new Map(filesOf(api));
  refuseExisting(project, [...files.keys()]);
  await refuseChanged(project, [HANDLERS, ROUTES], signal);
  const read = (file: string) => readFileSync(path.join(project, file), "utf8");
  files.set(
    HANDLERS,
    edited(HANDLERS, read(HANDLERS), (text) => withHandler(text, api)),
  );
  files.set(
    ROUTES,
    edited(ROUTES, read(ROUTES), (text) => withRoute(text, api)),
  );

  await write(project, files, signal);

  const lines = [...files.keys()].map((file) => `  ${file}`);
  stdout.write(`${api.method} ${api.path} is written:\n\n${lines.join("\n")}\n\nnpm run demo checks it\n`);
  return 0;
}

/**
 * The API, after everything that could be wrong with it: the table of routes is checked with its row in it.
 *
 * @throws UserError, RouteError
 */
function checked(words: NewApiWords): NewApi {
  const { name, pool } = words;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 30)
    throw new UserError(
      `--name is ${JSON.stringify(name)}; accepted: 1 to 30 lower-case letters and digits, words separated by hyphens, a letter first`,
    );
  if (RESERVED.has(identifierOf(name)))
    throw new UserError(
      `--name is ${JSON.stringify(name)}, which is a word of TypeScript's: take another one`,
    );
  const functionName = typeNameOf(name);
  const taken = routes.find((route) => route.functionName === functionName);
  if (Object.hasOwn(handlers, name) || taken !== undefined)
    throw new UserError(
      `there is ${taken === undefined ? `a handler ${name}` : `a function ${functionName}`} already: take another name, or add a row to ${ROUTES} that names it`,
    );
  const known = routes.find(
    (route): route is Extract<Route, { auth: "cognito-id-token" }> =>
      route.auth === "cognito-id-token" && userPoolsOf(route).join() === pool,
  );
  const row = {
    path: words.path,
    // What it is, the table's own check says.
    method: words.method as Route["method"],
    functionName,
    authorizer: known?.authorizer ?? `${functionName}Authorizer`,
    userPool: pool,
  };
  // Its own handler is not there yet.
  checkRoutes([...routes, { ...row, handler: "external", auth: "cognito-id-token" }], ["a client"]);
  return { name, ...row };
}

/** @throws UserError for a file, or a folder, that is there */
function refuseExisting(project: string, files: readonly string[]): void {
  const places = new Set(files.map((file) => (file.startsWith("stacks/") ? file : path.dirname(file))));
  const there = [...places].filter((place) => existsSync(path.join(project, place)));
  if (there.length > 0)
    throw new UserError(`${there.join(", ")} is there already: remove it, or take another --name`);
}

/** What is edited must be as it was committed, so that git shows what this adds, and takes it back. Without git, nobody knows. */
async function refuseChanged(project: string, files: readonly string[], signal: AbortSignal): Promise<void> {
  const status = await promisify(execFile)("git", ["status", "--porcelain", "--", ...files], {
    cwd: project,
    signal,
  }).catch(() => undefined);
  signal.throwIfAborted();
  const changed =
    status?.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => line.slice(3)) ?? [];
  if (changed.length > 0)
    throw new UserError(
      `${changed.join(" and ")} has changes that are not committed: commit or stash them first`,
    );
}

/** @throws UserError where the table does not look as it did: somebody has rewritten it */
function edited(file: string, text: string, edit: (text: string) => string): string {
  const changed = edit(text);
  const lines = (what: string) => what.split("\n").length;
  // Both edits add lines inside the table, besides an import.
  if (lines(changed) < lines(text) + (file === ROUTES ? 9 : 2))
    throw new UserError(
      `${file} does not end its table as it did, with a line of its own: add the row by hand`,
    );
  return changed;
}

/** Writes and formats the files; after an error, or an interruption, everything is as it was. */
async function write(
  project: string,
  files: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const undo: (() => void)[] = [];
  try {
    for (const [file, text] of files) {
      signal.throwIfAborted();
      const target = path.join(project, file);
      if (existsSync(target)) {
        const before = readFileSync(target);
        undo.push(() => writeFileSync(target, before));
      } else {
        const created = mkdirSync(path.dirname(target), { recursive: true });
        undo.push(() => rmSync(created ?? target, { recursive: true, force: true }));
      }
      writeFileSync(target, text);
    }
    await format(project, [...files.keys()], signal);
  } catch (error) {
    for (const step of undo.reverse()) step();
    signal.throwIfAborted();
    throw error;
  }
}

/** Only formats, and sorts the imports. What the linter says of it does not depend on the words, and takes seconds to ask. */
async function format(project: string, files: readonly string[], signal: AbortSignal): Promise<void> {
  const biome = path.join(project, "node_modules", "@biomejs", "biome", "bin", "biome");
  if (!existsSync(biome))
    throw new UserError("biome is not installed, which formats what is written: npm ci");
  const arguments_ = [biome, "check", "--write", "--linter-enabled=false", ...files];
  try {
    await promisify(execFile)(process.execPath, arguments_, { cwd: project, signal });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new UserError(`what was written does not pass biome, and is removed again: ${said.trim()}`);
  }
}

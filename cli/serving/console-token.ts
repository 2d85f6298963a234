import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * The token of the console's address: the same from start to start, so that a page that is open goes on and a bookmark works.
 * Only its owner may read the file, as with the endpoints file, which holds passwords.
 */
export function consoleToken(project: string): string {
  const file = path.join(project, ".local", "console-token");
  const known = readToken(file);
  if (known !== undefined) return known;
  const token = randomBytes(24).toString("base64url");
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, token, { mode: 0o600, flag: "wx" });
  } catch {
    // Another process was faster, or the folder cannot be written: then the token is good for this run.
    return readToken(file) ?? token;
  }
  return token;
}

function readToken(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    return /^[\w-]{32}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

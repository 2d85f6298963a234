import { readFileSync } from "node:fs";
import { isObject } from "../kernel/json";
import { DeploymentError } from "./attributes";

/**
 * Reads a file of JSON.
 *
 * @param remedy what to do when the file is not there or broken, as a clause: `run npx cdktf synth`
 * @throws DeploymentError in one line, for broken JSON with line and column
 */
export function readJsonFile(path: string, remedy: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = isObject(error) ? error.code : undefined;
    throw new DeploymentError(`cannot read ${path}: ${code ?? error}; ${remedy}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    const before = text.slice(0, validPrefix(text));
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    const found = text.length === before.length ? "the file ends there" : excerpt(text, before.length);
    throw new DeploymentError(`${path}:${line}:${column}: not JSON, ${found}; ${remedy}`);
  }
}

function excerpt(text: string, position: number): string {
  return `${JSON.stringify(text.slice(position, position + 12))} is not expected there`;
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** How much of a broken text is JSON. The messages of Node.js do not all say where the text breaks. */
function validPrefix(text: string): number {
  let position = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = position;
    const matched = pattern.exec(text)?.[0];
    position += matched?.length ?? 0;
    return matched !== undefined;
  };
  const takeCharacter = (character: string): boolean => {
    take(SPACE);
    if (text[position] !== character) return false;
    position += 1;
    return true;
  };
  const takeString = (): boolean => {
    take(SPACE);
    return take(STRING);
  };
  const takeMembers = (close: string, takeMember: () => boolean): boolean => {
    if (takeCharacter(close)) return true;
    do if (!takeMember()) return false;
    while (takeCharacter(","));
    return takeCharacter(close);
  };
  const takeValue = (): boolean => {
    if (takeCharacter("{")) return takeMembers("}", () => takeString() && takeCharacter(":") && takeValue());
    if (takeCharacter("[")) return takeMembers("]", takeValue);
    return takeString() || take(SCALAR);
  };
  takeValue();
  take(SPACE);
  return position;
}

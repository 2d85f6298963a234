import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isObject, parseJson } from "../../kernel/json";
import type { ProjectCopy } from "./project-copy";

/**
 * Every provisioner and every data source `external` of a project and its modules, with its place and what it runs: Terraform starts
 * them on this machine. Also of modules that the configuration may not use in the end.
 *
 * Sources: https://developer.hashicorp.com/terraform/language/resources/provisioners/syntax,
 * https://registry.terraform.io/providers/hashicorp/external/latest/docs/data-sources/external
 */
export function programsIn({ root, base }: Pick<ProjectCopy, "root" | "base">): string[] {
  return moduleFolders(root).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.tf(\.json)?$/.test(name))
      .sort()
      .flatMap((name) => {
        const file = path.join(folder, name);
        const text = readFileSync(file, "utf8");
        const place = path.relative(base, file);
        return name.endsWith(".json") ? inJson(parseJson(text), place) : inHcl(text, place);
      }),
  );
}

/** The root module and all that `terraform init` has found or downloaded. */
function moduleFolders(root: string): string[] {
  const file = path.join(root, ".terraform", "modules", "modules.json");
  let manifest: unknown;
  try {
    manifest = parseJson(readFileSync(file, "utf8"));
  } catch {
    // A project without modules has none.
  }
  const modules = isObject(manifest) && Array.isArray(manifest.Modules) ? manifest.Modules : [];
  const folders = modules.flatMap((module: unknown) =>
    isObject(module) && typeof module.Dir === "string" ? [path.resolve(root, module.Dir)] : [],
  );
  return [...new Set([root, ...folders])];
}

const STARTER = /\b(?:provisioner\s+"([^"]+)"|data\s+"(external)"\s+"[^"]+")\s*\{/g;

function inHcl(text: string, place: string): string[] {
  const code = withoutComments(text);
  return [...code.matchAll(STARTER)].map((match) => {
    const before = code.slice(0, match.index);
    const line = before.split("\n").length;
    const [, type, name] = [...before.matchAll(/^\s*resource\s+"([^"]+)"\s+"([^"]+)"/gm)].at(-1) ?? [];
    const of = match[1] === undefined || type === undefined ? "" : ` of ${type}.${name}`;
    const [block = ""] = code.slice(match.index).split(/^\s*\}/m);
    const [, runs] = /\b(?:command|program|inline|script)\s*=\s*(.*)$/m.exec(block) ?? [];
    return `${place}:${line}: ${match[1] ?? match[2]}${of}${runs === undefined ? "" : `: ${runs.trim()}`}`;
  });
}

/** Lines and columns stay; what is in a string is not a comment. */
function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|(?:#|\/\/)[^\n]*/g, (found) =>
    found.startsWith('"') ? found : found.replace(/[^\n]/g, " "),
  );
}

function inJson(json: unknown, place: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown, at: string) => {
    if (Array.isArray(value)) for (const item of value) visit(item, at);
    if (!isObject(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      const here = at === "" ? key : `${at}.${key}`;
      if (key === "provisioner" || here === "data.external")
        found.push(`${place}: ${here}: ${JSON.stringify(inner)}`);
      else visit(inner, here);
    }
  };
  visit(json, "");
  return found;
}

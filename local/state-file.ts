import { readFileSync } from "node:fs";
import path from "node:path";
import { DeploymentError, type Value } from "./deployment/attributes";
import type { Deployment } from "./deployment/deployment";
import { readStates } from "./deployment/load-state";
import { isObject, parseJson } from "./kernel/json";

const ACCEPTED =
  "a state is what `terraform show -json` prints, or the state file itself (`terraform state pull`, version 4)";

/**
 * The deployment that a file with Terraform's state describes: what `terraform show -json` prints, or the state file itself.
 *
 * @param root the folder of the root module, from which Terraform ran: the functions' code is found from there
 * @throws DeploymentError for a file that is not a state, a plan among them, and as `readStates`
 */
export function loadStateFile(file: string, root: string = path.dirname(file)): Deployment {
  const stack = path.basename(file);
  return readStates({ [stack]: shownState(file, readText(file)) }, { [stack]: path.resolve(root) });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = isObject(error) ? error.code : undefined;
    throw new DeploymentError(`cannot read ${file}: ${code ?? error}; ${ACCEPTED}`);
  }
}

/** As `terraform show -json` prints it. */
function shownState(file: string, text: string): unknown {
  const json = parseJson(text);
  // A plan that was not made readable is a ZIP archive.
  if (text.startsWith("PK\u0003\u0004") || (isObject(json) && "planned_values" in json))
    throw new DeploymentError(
      `${file} is a plan, which cannot be served: ids, ARNs and policies are not known before they are applied; apply it, here to a moto of its own with the command apply, and serve the state`,
    );
  if (!isObject(json)) throw new DeploymentError(`${file} is not JSON; ${ACCEPTED}`);
  if ("format_version" in json) return json;
  if (json.version !== 4 || !Array.isArray(json.resources))
    throw new DeploymentError(
      `${file} is not a state, its version is ${JSON.stringify(json.version)}; ${ACCEPTED}`,
    );
  return {
    format_version: "1.0",
    ...(json.resources.length === 0
      ? {}
      : {
          values: {
            outputs: json.outputs ?? {},
            root_module: { resources: json.resources.flatMap(instances) },
          },
        }),
  };
}

/** The instances of one resource of a state file, each with its address. */
function instances(resource: Value): Value[] {
  if (!isObject(resource) || !Array.isArray(resource.instances)) return [];
  const { module, mode, type, name } = resource;
  const own = [module, mode === "data" ? "data" : undefined, type, name].filter((part) => part !== undefined);
  return resource.instances.flatMap((instance: Value) => {
    // What is about to be replaced is there twice.
    if (!isObject(instance) || instance.deposed !== undefined) return [];
    const key = instance.index_key === undefined ? "" : `[${JSON.stringify(instance.index_key)}]`;
    return [
      {
        address: `${own.join(".")}${key}`,
        mode: mode ?? null,
        type: type ?? null,
        values: instance.attributes ?? null,
      },
    ];
  });
}

import path from "node:path";
import { loadSynthesized, readStates } from "../../../local/load";
import { describeRuntime } from "./describe-runtime";

/**
 * Expects that what Terraform deployed and what was synthesized give the same runtime, ids apart: the same routes,
 * authorizers, rules, permissions, limits, functions, queues, secrets and gateway responses.
 *
 * @param showJsonByStack by stack, what `terraform show -json` prints, parsed
 * @param synthesizedFolder the `cdktf.out` that was deployed
 */
export async function expectSameRuntime(
  showJsonByStack: Readonly<Record<string, unknown>>,
  synthesizedFolder: string,
): Promise<void> {
  const folders = Object.keys(showJsonByStack).map((stack) => [
    stack,
    path.join(synthesizedFolder, "stacks", stack),
  ]);

  const deployed = await describeRuntime(readStates(showJsonByStack, Object.fromEntries(folders)));

  expect(deployed).toEqual(await describeRuntime(loadSynthesized(synthesizedFolder)));
}

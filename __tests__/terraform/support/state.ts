import path from "node:path";
import type { StackName, Workspace } from "./workspace";
import { expectSuccess } from "./workspace";

/** The stacks of an environment, in the order of their deployment. */
export const stackNames = ["shared-messaging", "secure-edge"] as const;

/** The addresses in the stack's state, sorted. */
export async function addresses(workspace: Workspace, stack: StackName): Promise<string[]> {
  const listed = await workspace.terraform(stack, "state", "list");
  expectSuccess("terraform state list", listed);
  return listed.stdout.split("\n").filter(Boolean).sort();
}

/** The stack's outputs, by name, without those that only the other stack reads. */
export async function outputs(workspace: Workspace, stack: StackName): Promise<Record<string, unknown>> {
  const shown = await workspace.terraform(stack, "output", "-json");
  expectSuccess("terraform output", shown);
  const entries = Object.entries<{ value: unknown }>(JSON.parse(shown.stdout));
  return Object.fromEntries(
    entries
      .filter(([name]) => !name.startsWith("cross-stack-output"))
      .map(([name, { value }]) => [name, value]),
  );
}

/** What a plan would do, by address: `update`, `create`, `delete`, `create+delete` for a replacement. */
export async function plannedChanges(
  workspace: Workspace,
  stack: StackName,
): Promise<Record<string, string>> {
  const plan = path.join(path.dirname(workspace.folder), "test.tfplan");
  const planned = await workspace.terraform(stack, "plan", "-input=false", `-out=${plan}`);
  expectSuccess("terraform plan", planned);
  const shown = await workspace.terraform(stack, "show", "-json", plan);
  expectSuccess("terraform show", shown);
  const {
    resource_changes = [],
  }: { resource_changes?: { address: string; change: { actions: string[] } }[] } = JSON.parse(shown.stdout);
  return Object.fromEntries(
    resource_changes
      .map(({ address, change }) => [address, change.actions.join("+")] as const)
      .filter(([, actions]) => actions !== "no-op" && actions !== "read"),
  );
}

/** Terraform's own word on whether anything is left to do: 0 nothing, 2 changes; its reason beside it. */
export async function drift(
  workspace: Workspace,
  stack: StackName,
): Promise<{ code: number | null; said: string }> {
  const { code, lines } = await workspace.terraform(
    stack,
    "plan",
    "-input=false",
    "-no-color",
    "-detailed-exitcode",
  );
  const said = lines.filter((line) => !/: (Refreshing state|Reading|Read complete)/.test(line));
  return { code, said: said.join("\n") };
}

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { StackRun, type StackRunProps } from "../../../cli/terraform/stack-run";
import { Terraform } from "../../../local/command/terraform/terraform";
import { eventually } from "../../support/local-runtime";
import { CapturedText } from "../support/captured-text";

/** Says what it was called with; a script decides what it does. */
const FAKE = `#!/bin/sh
echo "$@" >>"$RECORD"
shift
case "$1" in
`;

describe("Terraform at work on a stack", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "stack-run "));
    for (const name of ["bin", "scratch", "stacks/edge"])
      mkdirSync(path.join(folder, name), { recursive: true });
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const record = () => path.join(folder, "calls");
  const calls = () => (existsSync(record()) ? readFileSync(record(), "utf8").trim().split("\n") : []);

  /** @param cases of a shell's `case`, by Terraform's command */
  function runWith(cases: string, changes: Partial<StackRunProps> & { signal?: AbortSignal } = {}) {
    writeFileSync(path.join(folder, "bin", "terraform"), `${FAKE}${cases}\nesac\n`, { mode: 0o755 });
    const env = {
      PATH: `${path.join(folder, "bin")}:${process.env.PATH}`,
      RECORD: record(),
    };
    const stdout = new CapturedText();
    const { signal = new AbortController().signal, ...props } = changes;
    const run = new StackRun({
      terraform: new Terraform(env, signal),
      output: folder,
      lock: "# the lock\n",
      scratch: path.join(folder, "scratch"),
      stdout,
      confirm: undefined,
      ...props,
    });
    return { run, stdout };
  }

  it("initialises it with the lock file, and applies without a backup", async () => {
    const { run } = runWith("");

    await run.run("edge", "destroy");

    const chdir = `-chdir=${path.join(folder, "stacks", "edge")}`;
    expect(calls()).toEqual([
      `${chdir} init -input=false -no-color`,
      `${chdir} apply -json -input=false -backup=- -lock-timeout=60s -auto-approve -destroy`,
    ]);
    expect(readFileSync(path.join(folder, "stacks", "edge", ".terraform.lock.hcl"), "utf8")).toBe(
      "# the lock\n",
    );
  });

  it("asks before it applies exactly what it has planned, and leaves no plan", async () => {
    const confirm = jest.fn(async () => existsSync(path.join(folder, "scratch", "plan")));
    const { run } = runWith('plan) touch "$(dirname "$RECORD")/scratch/plan"; exit 2;;', { confirm });

    await run.run("edge", "deploy");

    expect(confirm).toHaveBeenCalledWith("deploy edge?");
    expect(calls().at(-1)).toMatch(/apply -json .*scratch\/plan$/);
    expect(readdirSync(path.join(folder, "scratch"))).toEqual([]);
  });

  it("changes nothing where the answer is no, and leaves no plan", async () => {
    const { run } = runWith('plan) touch "$(dirname "$RECORD")/scratch/plan"; exit 2;;', {
      confirm: async () => false,
    });

    await expect(run.run("edge", "deploy")).rejects.toThrow("edge was left as it is");
    expect(calls().some((call) => call.includes(" apply "))).toBe(false);
    expect(readdirSync(path.join(folder, "scratch"))).toEqual([]);
  });

  it("shows what would change, without a line for each resource that it looks at", async () => {
    const { run, stdout } = runWith(
      'plan) printf "aws_sns_topic.T: Refreshing state...\\nPlan: 1 to add\\n";;',
    );

    await run.run("edge", "diff");

    expect(stdout.text).toBe("edge\nPlan: 1 to add\n");
  });

  it("says that the change is unknown where the stack before it is not deployed", async () => {
    const { run, stdout } = runWith('plan) echo "Error: Unable to find remote state" >&2; exit 1;;');

    await run.run("edge", "diff");

    expect(stdout.text).toBe("edge\n\nUnknown until the stack that it depends on is deployed.\n");
  });

  it("asks nothing where there is nothing to do", async () => {
    const confirm = jest.fn(async () => true);
    const { run, stdout } = runWith("plan) exit 0;;", { confirm });

    await run.run("edge", "deploy");

    expect(confirm).not.toHaveBeenCalled();
    expect(stdout.text).toBe("edge: no changes\n");
  });

  it("fails with what Terraform said, in a line for each error", async () => {
    const error = JSON.stringify({
      type: "diagnostic",
      diagnostic: { severity: "error", summary: "AccessDenied", address: "aws_iam_role.R" },
    });
    const { run } = runWith(`apply) echo '${error}'; exit 1;;`);

    await expect(run.run("edge", "deploy")).rejects.toThrow(/^edge: aws_iam_role\.R: AccessDenied$/);
  });

  it("fails in one line where it cannot even be initialised", async () => {
    const { run } = runWith('init) printf "╷\\n│ Error: Invalid\\n│ \\n│ checksum\\n╵\\n" >&2; exit 1;;');

    await expect(run.run("edge", "deploy")).rejects.toThrow(
      "edge cannot be initialised: Error: Invalid checksum",
    );
  });

  it("is asked to stop once, and waited for until it has written its state", async () => {
    const controller = new AbortController();
    const { run } = runWith(
      `apply) sleep 60 & sleeping=$!
  trap 'kill $sleeping; echo stopped >>"$RECORD"; echo state >>"$RECORD"; exit 1' INT
  echo working >>"$RECORD"; wait $sleeping;;`,
      { signal: controller.signal },
    );

    const running = run.run("edge", "deploy");
    await eventually(async () => (calls().at(-1) === "working" ? true : undefined));
    controller.abort(new Error("interrupted"));

    await expect(running).rejects.toThrow("interrupted");
    expect(calls().slice(-3)).toEqual(["working", "stopped", "state"]);
  });
});

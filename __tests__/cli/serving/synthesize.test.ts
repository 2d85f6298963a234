import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeSynthesisFolder } from "../../../cli/serving/synthesize";

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), "with a space "));
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe("the folder that is synthesized into", () => {
  it("is this process's own, and can be removed with all that is in it", () => {
    const [first, second] = [makeSynthesisFolder(path.join(parent, "new")), makeSynthesisFolder(parent)];
    mkdirSync(path.join(first.folder, "stacks"));
    writeFileSync(path.join(first.folder, "stacks", "cdk.tf.json"), "{}");

    first.remove();

    expect(path.basename(second.folder)).toMatch(new RegExp(`^synthesized-${process.pid}-`));
    expect(existsSync(first.folder)).toBe(false);
    expect(existsSync(second.folder)).toBe(true);
  });

  it("takes the place of those whose process was killed, and of no other", () => {
    const kept = [`synthesized-${process.ppid}-abc`, "providers", "synthesized-by-hand"];
    // Linux ends at 4,194,304.
    for (const name of [...kept, "synthesized-5000000-abc"])
      mkdirSync(path.join(parent, name, "deep"), { recursive: true });

    const { folder } = makeSynthesisFolder(parent);

    expect(readdirSync(parent).sort()).toEqual([...kept, path.basename(folder)].sort());
  });
});

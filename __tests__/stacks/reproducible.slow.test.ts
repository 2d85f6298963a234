import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { LoadedModules } from "../cli/support/loaded-modules";
import { ProjectCopy } from "./support/project-copy";

jest.setTimeout(60_000);

const folder = mkdtempSync(path.join(tmpdir(), "two-folders-"));
const one = new ProjectCopy(path.join(folder, "one"));
const other = new ProjectCopy(path.join(folder, "the other", "place"));
const modules = new LoadedModules();
let outputs: { first: Map<string, Buffer>; elsewhere: Map<string, Buffer> };

beforeAll(async () => {
  const runs = await Promise.all([one.synthesize({}, modules.watch), other.synthesize()]);
  expect(runs).toEqual(Array(2).fill({ code: 0, errors: "" }));
  outputs = { first: one.output(), elsewhere: other.output() };
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  modules.remove();
});

describe("main.ts", () => {
  it("writes both stacks and every handler's bundle, once for all of its functions", () => {
    expect([...outputs.first.keys()].sort()).toEqual([
      "manifest.json",
      "stacks/secure-edge/assets/handler-external/external/index.mjs",
      "stacks/secure-edge/assets/handler-external/external/index.mjs.map",
      "stacks/secure-edge/cdk.tf.json",
      "stacks/shared-messaging/assets/handler-internal/internal/index.mjs",
      "stacks/shared-messaging/assets/handler-internal/internal/index.mjs.map",
      "stacks/shared-messaging/cdk.tf.json",
    ]);
  });

  it("writes the same bytes from every folder", () => {
    expect(differing(outputs.first, outputs.elsewhere)).toEqual([]);
  });

  it("writes no absolute path", () => {
    const places = [
      path.basename(folder),
      `${path.resolve(__dirname, "../..")}/`,
      `${tmpdir()}/`,
      `${homedir()}/`,
    ];

    const found = [...outputs.first, ...outputs.elsewhere].flatMap(([file, contents]) =>
      places.filter((place) => contents.includes(place)).map((place) => `${place} in ${file}`),
    );
    expect(found).toEqual([]);
  });

  it("loads nothing to pack archives with", () => {
    expect(modules.parts).toContain("cdktf");
    expect(modules.parts).not.toContain("archiver-utils");
  });

  it("stops at wrong settings, and names each", async () => {
    const { code, errors } = await one.synthesize({ AWS_REGION: "moon", THROTTLE_RATE: "0" });

    expect(code).toBe(1);
    expect(errors).toMatch(/^SettingsError: .*AWS_REGION is "moon".*THROTTLE_RATE is "0"/ms);
  });

  it("writes the same bytes on every run, and ships the current code: a changed handler changes its bundle alone", async () => {
    appendFileSync(path.join(other.folder, "lambda-src/internal/index.ts"), "\nexport const another = 1;\n");

    const { code } = await other.synthesize();

    expect(code).toBe(0);
    expect(differing(outputs.first, other.output())).toEqual([
      "stacks/shared-messaging/assets/handler-internal/internal/index.mjs",
      "stacks/shared-messaging/assets/handler-internal/internal/index.mjs.map",
    ]);
  });

  it("stops at a handler that does not compile, with esbuild's message, file and line", async () => {
    appendFileSync(path.join(one.folder, "lambda-src/internal/index.ts"), '\nimport "./nowhere";\n');

    const { code, errors } = await one.synthesize();

    expect(code).toBe(1);
    expect(errors).toMatch(
      /BundleError: lambda-src\/internal cannot be bundled:\n.*Could not resolve "\.\/nowhere".*lambda-src\/internal\/index\.ts:\d+:7/s,
    );
  });
});

/** The files that are in one of the two alone, or in both with different bytes. */
function differing(before: ReadonlyMap<string, Buffer>, after: ReadonlyMap<string, Buffer>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((file) => {
      const [a, b] = [before.get(file), after.get(file)];
      return a === undefined || b === undefined || !a.equals(b);
    })
    .sort();
}

import { readFileSync } from "node:fs";
import path from "node:path";
import { loadSynthesized } from "../../../local/load";
import { keptKeys } from "../../support/run/key-pairs";
import { ProjectClone } from "../support/project-clone";
import { type Ran, runWords } from "../support/run-words";

// Compilers, tests and demos of a whole project, in processes of their own.
jest.setTimeout(300_000);

let clone: ProjectClone;
beforeAll(() => {
  clone = ProjectClone.create();
  clone.git("tag", "start");
});
afterAll(() => clone.remove());

function startAgain(): void {
  clone.git("reset", "--quiet", "--hard", "start");
  clone.git("clean", "--quiet", "--force", "-d", "--", "lambda-src", "stacks", "__tests__");
}

/** In this process: the words of `npm run new -- api`. */
const newApi = (...words: string[]): Promise<Ran> =>
  runWords(["new", "api", ...words], { project: clone.folder });

const readme = readFileSync(path.resolve(__dirname, "../../../README.md"), "utf8");
const recipe = readme.slice(readme.indexOf("## Add an API"), readme.indexOf("## Settings"));
const [, edit = ""] = /```diff\n(.*?)```/s.exec(recipe) ?? [];
const [generate = "", demo = ""] = [...recipe.matchAll(/^ {4}(npm .+)$/gm)].map(([, line]) => line);
const [, describeIt = ""] = /`(UPDATE_DOCS=1 npx jest [^`]+)`/.exec(recipe) ?? [];

describe("APIs of npm run new, README's edited as it says there,", () => {
  const calls = [
    ["--name", "order-items", "--path", "/orders/{id}/items/{item}", "--method", "PUT"],
    ["--name", "notes", "--path", "/notes", "--method", "POST", "--pool", "MyUserPool3"],
    ["--name", "files", "--path", "/files/{path+}", "--method", "HEAD"],
    ["--name", "health", "--path", "/health", "--method", "ANY"],
  ];

  beforeAll(async () => {
    expect(await clone.shell(generate)).toMatchObject({
      code: 0,
      output: expect.stringContaining("  lambda-src/orders/handler.ts\n"),
    });
    clone.commit();
    for (const call of calls) {
      expect(await newApi(...call)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining("/handler.ts\n"),
      });
      clone.commit();
    }
    clone.write("../edit.diff", edit);
    clone.git("apply", "../edit.diff");
  });

  afterAll(startAgain);

  it("are served by the demo, each with a token of its pool", async () => {
    const { code, output } = await clone.shell(demo, keptKeys());

    expect(output).toContain('{"id":"1","state":"shipped"}');
    for (const row of [
      "GET /orders/{id}",
      "PUT /orders/{id}/items/{item}",
      "HEAD /files/{path+}",
      "ANY /health",
    ])
      expect(output).toContain(`pass  ${row}, a token of MyUserPool1`);
    expect(output).toContain("pass  POST /notes, a token of MyUserPool3");
    expect(code).toBe(0);
  });

  it("pass their own tests, but for the one whose answer is another now, and are written into the documents", async () => {
    const own = "'__tests__/lambda-src/(orders|order-items|notes|files|health)/'";

    const { output } = await clone.shell(`${describeIt} ${own}`);

    expect(output).toMatch(/^Test Suites: 1 failed, 6 passed, 7 total$/m);
    expect(output).toMatch(/^Tests: +1 failed, \d+ passed, /m);
    expect(output).toContain("FAIL __tests__/lambda-src/orders/handler.test.ts");
    expect(output.match(/^ {4}[-+] {3}.*$/gm)).toEqual([
      '    -   "message": "Hello from orders.",',
      '    +   "state": "shipped",',
    ]);
    expect(clone.read("docs/openapi.json")).toContain('"summary": "GET /orders/{id}"');
    expect(clone.read("docs/inventory.md")).toContain("`GET /orders/{id}`");
  });

  it("have the right to write their logs, and no other", async () => {
    // The stacks alone, as the cdktf CLI has them synthesized.
    const synthesized = await clone.shell("node --require ./typescript.js main.ts", {
      CDKTF_OUTDIR: "cdktf.out",
    });

    expect(synthesized).toMatchObject({ code: 0 });
    const [policy] = loadSynthesized(`${clone.folder}/cdktf.out`)
      .ofType("aws_iam_role_policy")
      .filter(({ address }) => address === "aws_iam_role_policy.Orders");
    const { Statement } = JSON.parse(policy?.string("policy") ?? "{}");
    expect(Statement).toEqual([expect.objectContaining({ Sid: "OwnLog" })]);
  });

  it("compile, but for one whose stack forgets a variable", async () => {
    const env = "lambda-src/health/env.ts";
    const before = clone.read(env);
    clone.write(env, before.replace("\n}", "\n  readonly TABLE_NAME: string;\n}"));
    // What a new API touches: the whole project takes five times as long.
    const include = ["main.ts", "stacks", "lambda-src", "cli/verification", "__tests__/lambda-src"];
    clone.write("tsconfig.new.json", JSON.stringify({ extends: "./tsconfig.json", include }));

    const { code, output } = await clone.tool("tsc", "--project", "tsconfig.new.json");
    clone.write(env, before);

    expect(code).not.toBe(0);
    expect(output.match(/ error TS/g)).toHaveLength(2);
    expect(output).toMatch(/stacks\/secure-edge\/handlers\/health\.ts.*\n?.*TABLE_NAME/);
    expect(output).toMatch(/lambda-src\/health\/handler\.ts.*TABLE_NAME/);
  });

  it("pass the linter", async () => {
    const folders = ["lambda-src", "stacks", "__tests__/lambda-src"];
    clone.commit();
    // It reads all that there is, whatever it is told to check.
    clone.git("sparse-checkout", "set", ...folders);

    const checked = await clone.tool("biome", "check", "--error-on-warnings", ...folders);
    clone.git("sparse-checkout", "disable");

    expect(checked).toMatchObject({ code: 0 });
  });
});

describe("npm run new -- api", () => {
  afterEach(startAgain);

  it.each([
    ["a handler that is there", "--name rates --path /r", 1, "there is a handler rates already"],
    [
      "a name that no folder should have",
      "--name Orders --path /o",
      1,
      '--name is "Orders"; accepted: 1 to 30',
    ],
    ["a word of TypeScript's", "--name delete --path /d", 1, "a word of TypeScript's"],
    ["a folder that is not a handler's", "--name common --path /c", 1, "lambda-src/common is there already"],
    ["a path that is not one", "--name orders --path orders", 1, "the path must be segments"],
    [
      "a path that is there",
      "--name orders --path /lambda1 --method POST",
      1,
      "POST /lambda1 is in the table twice",
    ],
    [
      "a path that looks the same in the state",
      "--name orders --path /rates/currency",
      1,
      "would both be called",
    ],
    [
      "a method that HTTP does not have",
      "--name orders --path /o --method FETCH",
      1,
      'the method "FETCH" must be one of',
    ],
    ["no name", "--path /o", 2, "--name"],
  ])("refuses %s, in a sentence, and writes nothing", async (_what, words, exitCode, message) => {
    const refused = await newApi(...words.split(" "));

    expect(refused).toMatchObject({ exitCode, stderr: expect.stringContaining(message) });
    expect(refused.stderr).not.toMatch(/^ +at /m);
    expect(clone.changes).toEqual([]);
  });

  it("refuses tables with changes that are not committed, and leaves them alone", async () => {
    const table = "stacks/secure-edge/routes.ts";
    clone.write(table, `${clone.read(table)}\n// mine\n`);
    const before = clone.read(table);

    const refused = await newApi("--name", "orders", "--path", "/orders");

    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`${table} has changes that`),
    });
    expect(clone.read(table)).toBe(before);
    expect(clone.changes).toEqual([` M ${table}`]);
  });

  it("leaves nothing half-done when what it wrote cannot be formatted", async () => {
    clone.write("biome.json", "{");

    const failed = await newApi("--name", "orders", "--path", "/orders");

    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("is removed again") });
    expect(clone.changes).toEqual([" M biome.json"]);
  });

  it("refuses a table that somebody has written in another form", async () => {
    const table = "stacks/secure-edge/routes.ts";
    clone.write(table, clone.read(table).replace(/\n\];\n$/, "] as const;\n"));
    clone.commit();

    const refused = await newApi("--name", "orders", "--path", "/orders");

    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("add the row by hand") });
    expect(clone.changes).toEqual([]);
  });
});

it("stops the synthesis where a handler is on disk and not in the table", async () => {
  clone.write("lambda-src/orders/index.ts", "export const handler = async () => 1;\n");

  const { code, output } = await clone.shell("npm run --silent synth");

  expect(code).toBe(1);
  expect(output).toContain(
    "lambda-src/orders is a handler that nothing names: add it to stacks/secure-edge/handlers/index.ts, or remove the folder",
  );
});

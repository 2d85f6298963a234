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
afterEach(() => {
  clone.git("reset", "--quiet", "--hard", "start");
  clone.git(
    "clean",
    "--quiet",
    "--force",
    "-d",
    "--",
    "lambda-src",
    "stacks",
    "__tests__",
    "tsconfig.new.json",
  );
});

/** In this process: the words of `npm run new -- api`. */
const newApi = (...words: string[]): Promise<Ran> =>
  runWords(["new", "api", ...words], { project: clone.folder });

/** The stacks alone, as the cdktf CLI has them synthesized. */
const synthesize = () => clone.shell("node --require ./typescript.js main.ts", { CDKTF_OUTDIR: "cdktf.out" });

/** Compiles what a new API touches: the whole project takes five times as long. */
function compile(...folders: string[]) {
  const include = ["main.ts", "stacks", "lambda-src", ...folders];
  clone.write("tsconfig.new.json", JSON.stringify({ extends: "./tsconfig.json", include }));
  return clone.tool("tsc", "--project", "tsconfig.new.json");
}

const readme = readFileSync(path.resolve(__dirname, "../../../README.md"), "utf8");
const recipe = readme.slice(readme.indexOf("## Add an API"), readme.indexOf("## Settings"));

describe("npm run new -- api", () => {
  it("writes APIs that biome, the compiler and their own tests pass, and that the demo serves; README's recipe works word by word", async () => {
    const [generate = "", demo = ""] = [...recipe.matchAll(/^ {4}(npm .+)$/gm)].map(([, line]) => line);
    const [, describe = ""] = /`(UPDATE_DOCS=1 npx jest [^`]+)`/.exec(recipe) ?? [];
    const [, edit = ""] = /```diff\n(.*?)```/s.exec(recipe) ?? [];
    expect(await clone.shell(generate)).toMatchObject({
      code: 0,
      output: expect.stringContaining("  lambda-src/orders/handler.ts\n"),
    });
    clone.commit();
    const calls = [
      ["--name", "order-items", "--path", "/orders/{id}/items/{item}", "--method", "PUT"],
      ["--name", "notes", "--path", "/notes", "--method", "POST", "--pool", "MyUserPool3"],
      ["--name", "files", "--path", "/files/{path+}", "--method", "HEAD"],
      ["--name", "health", "--path", "/health", "--method", "ANY"],
    ];
    for (const call of calls) {
      expect(await newApi(...call)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining("/handler.ts\n"),
      });
      clone.commit();
    }

    const [biome, types, tests] = await Promise.all([
      clone.tool("biome", "check", "--error-on-warnings", "lambda-src", "stacks", "__tests__/lambda-src"),
      compile("cli/verification", "__tests__/lambda-src"),
      clone.tool("jest", "--runInBand", "__tests__/lambda-src/(orders|order-items|notes|files|health)/"),
    ]);
    clone.write("../edit.diff", edit);
    clone.git("apply", "../edit.diff");
    const [served, test] = await Promise.all([
      clone.shell(demo, keptKeys()),
      clone.tool("jest", "__tests__/lambda-src/orders/"),
    ]);
    const described = await clone.shell(describe);

    expect(biome).toMatchObject({ code: 0 });
    expect(types).toEqual({ code: 0, output: "" });
    expect(tests).toMatchObject({ code: 0, output: expect.stringMatching(/Test Suites: 5 passed, 5 total/) });
    expect(served).toMatchObject({
      code: 0,
      output: expect.stringContaining('{"id":"1","state":"shipped"}'),
    });
    for (const row of [
      "GET /orders/{id}",
      "PUT /orders/{id}/items/{item}",
      "HEAD /files/{path+}",
      "ANY /health",
    ])
      expect(served.output).toContain(`pass  ${row}, a token of MyUserPool1`);
    expect(served.output).toContain("pass  POST /notes, a token of MyUserPool3");
    // "the handler's own test is red until it expects the new answer"
    expect(test).toMatchObject({ code: 1, output: expect.stringContaining("Hello from orders.") });
    expect(described).toMatchObject({ code: 0 });
    expect(clone.read("docs/openapi.json")).toContain('"summary": "GET /orders/{id}"');
    expect(clone.read("docs/inventory.md")).toContain("`GET /orders/{id}`");
  });

  it("gives the function the right to write its log, and no other; and what its stack forgets does not compile", async () => {
    await newApi("--name", "orders", "--path", "/orders/{id}");
    expect(await synthesize()).toMatchObject({ code: 0 });
    const [policy] = loadSynthesized(`${clone.folder}/cdktf.out`)
      .ofType("aws_iam_role_policy")
      .filter(({ address }) => address === "aws_iam_role_policy.Orders");
    const { Statement } = JSON.parse(policy?.string("policy") ?? "{}");
    expect(Statement).toEqual([expect.objectContaining({ Sid: "OwnLog" })]);

    const env = "lambda-src/orders/env.ts";
    clone.write(env, clone.read(env).replace("\n}", "\n  readonly TABLE_NAME: string;\n}"));
    const { code, output } = await compile();

    expect(code).not.toBe(0);
    expect(output).toMatch(/stacks\/secure-edge\/handlers\/orders\.ts.*\n?.*TABLE_NAME/);
    expect(output).toMatch(/lambda-src\/orders\/handler\.ts.*TABLE_NAME/);
  });

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

describe("a handler", () => {
  it("that is on disk and not in the table stops the synthesis", async () => {
    clone.write("lambda-src/orders/index.ts", "export const handler = async () => 1;\n");

    const { code, output } = await clone.shell("npm run --silent synth");

    expect(code).toBe(1);
    expect(output).toContain(
      "lambda-src/orders is a handler that nothing names: add it to stacks/secure-edge/handlers/index.ts, or remove the folder",
    );
  });

  it("that is in the table and not on disk stops the synthesis", async () => {
    clone.git("mv", "lambda-src/rates/index.ts", "lambda-src/rates/main.ts");

    const { code, output } = await synthesize();

    expect(code).toBe(1);
    expect(output).toContain(
      "the handler rates has no lambda-src/rates/index.ts: write it, or take the handler out",
    );
  });
});

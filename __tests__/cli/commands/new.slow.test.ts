import { loadSynthesized } from "../../../local/load";
import { ProjectClone } from "../support/project-clone";

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
  clone.git("clean", "--quiet", "--force", "-d", "--", "lambda-src", "stacks", "__tests__");
});

const newApi = (words: string) => clone.shell(`npm run --silent new -- api ${words}`);

describe("npm run new -- api", () => {
  it("writes APIs that biome, the compiler and their own tests pass, and that the demo serves", async () => {
    const calls = [
      "--name orders --path '/orders/{id}' --method GET",
      "--name order-items --path '/orders/{id}/items/{item}' --method PUT",
      "--name notes --path /notes --method POST --pool MyUserPool3",
      "--name files --path '/files/{path+}' --method HEAD",
      "--name health --path /health --method ANY",
    ];
    for (const call of calls) {
      expect(await newApi(call)).toMatchObject({ code: 0, output: expect.stringContaining("/handler.ts\n") });
      clone.commit();
    }

    const [biome, types, tests, demo] = await Promise.all([
      clone.tool("biome", "check", "--error-on-warnings", "lambda-src", "stacks", "__tests__/lambda-src"),
      clone.tool("tsc"),
      clone.tool("jest", "__tests__/lambda-src/(orders|order-items|notes|files|health)/"),
      clone.shell("npm run --silent demo"),
    ]);

    expect(biome).toMatchObject({ code: 0 });
    expect(types).toEqual({ code: 0, output: "" });
    expect(tests).toMatchObject({ code: 0, output: expect.stringMatching(/Test Suites: 5 passed, 5 total/) });
    expect(demo).toMatchObject({ code: 0 });
    for (const row of [
      "GET /orders/{id}",
      "PUT /orders/{id}/items/{item}",
      "HEAD /files/{path+}",
      "ANY /health",
    ])
      expect(demo.output).toContain(`pass  ${row}, a token of MyUserPool1`);
    expect(demo.output).toContain("pass  POST /notes, a token of MyUserPool3");
  });

  it("gives the function the right to write its log, and no other; and what its stack forgets does not compile", async () => {
    await newApi("--name orders --path '/orders/{id}'");
    const synth = await clone.shell("node --import tsx main.ts", { CDKTF_OUTDIR: "cdktf.out" });
    expect(synth).toMatchObject({ code: 0 });
    const [policy] = loadSynthesized(`${clone.folder}/cdktf.out`)
      .ofType("aws_iam_role_policy")
      .filter(({ address }) => address === "aws_iam_role_policy.Orders");
    const { Statement } = JSON.parse(policy?.string("policy") ?? "{}");
    expect(Statement).toEqual([expect.objectContaining({ Sid: "OwnLog" })]);

    const env = "lambda-src/orders/env.ts";
    clone.write(env, clone.read(env).replace("\n}", "\n  readonly TABLE_NAME: string;\n}"));
    const { code, output } = await clone.tool("tsc");

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
    ["a folder that is no handler's", "--name common --path /c", 1, "lambda-src/common is there already"],
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
  ])("refuses %s, in a sentence, and writes nothing", async (_what, words, code, message) => {
    const refused = await newApi(words);

    expect(refused).toMatchObject({ code, output: expect.stringContaining(message) });
    expect(refused.output).not.toMatch(/^ +at /m);
    expect(clone.changes).toEqual([]);
  });

  it("refuses tables with changes that are not committed, and leaves them alone", async () => {
    const table = "stacks/secure-edge/routes.ts";
    clone.write(table, `${clone.read(table)}\n// mine\n`);
    const before = clone.read(table);

    const refused = await newApi("--name orders --path /orders");

    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining(`${table} has changes that`) });
    expect(clone.read(table)).toBe(before);
    expect(clone.changes).toEqual([` M ${table}`]);
  });

  it("leaves nothing half-done when what it wrote cannot be formatted", async () => {
    clone.write("biome.json", "{");

    const failed = await newApi("--name orders --path /orders");

    expect(failed).toMatchObject({ code: 1, output: expect.stringContaining("is removed again") });
    expect(clone.changes).toEqual([" M biome.json"]);
  });

  it("refuses a table that somebody has written in another form", async () => {
    const table = "stacks/secure-edge/routes.ts";
    clone.write(table, clone.read(table).replace(/\n\];\n$/, "] as const;\n"));
    clone.commit();

    const refused = await newApi("--name orders --path /orders");

    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining("add the row by hand") });
    expect(clone.changes).toEqual([]);
  });
});

describe("a handler", () => {
  const synthesize = () => clone.shell("npm run --silent synth");

  it("that is on disk and in no table stops the synthesis", async () => {
    clone.write("lambda-src/orders/index.ts", "export const handler = async () => 1;\n");

    const { code, output } = await synthesize();

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

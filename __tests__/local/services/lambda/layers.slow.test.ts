import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Values } from "../../../support/deployment";
import { administrator, functionArn, useWorlds } from "./support";
import { zipOf } from "./zip";

const createWorld = useWorlds();
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "layers-"));
  const module = (name: string, where: string) => ({
    [`nodejs/node_modules/${name}/package.json`]: { content: JSON.stringify({ name, main: "index.js" }) },
    [`nodejs/node_modules/${name}/index.js`]: { content: `module.exports = ${JSON.stringify(where)};` },
  });
  const [first, second] = [join(folder, "first.zip"), join(folder, "second.zip")];
  writeFileSync(
    first,
    zipOf({
      ...module("both", "first"),
      ...module("only-first", "first"),
      ...module("@scope/one", "first"),
      ...module("@aws-sdk/client-sns", "a layer"),
      "data.txt": { content: "text" },
      "nodejs/shared.mjs": { content: 'import { value } from "./value.mjs"; export const shared = value;' },
      "nodejs/value.mjs": { content: "export const value = 7;" },
      "nodejs/shared.js": { content: "exports.shared = require('./value.js');" },
      "nodejs/value.js": { content: "module.exports = 8;" },
    }),
  );
  writeFileSync(
    second,
    zipOf({
      ...module("both", "second"),
      ...module("@scope/two", "second"),
      "nodejs/node22/node_modules/of-version/index.js": { content: "module.exports = 'node22';" },
    }),
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

const layer = (name: string) => `arn:aws:lambda:us-east-1:123456789012:layer:${name}:1`;

async function answer(source: string, values: Values = {}): Promise<unknown> {
  const world = createWorld({
    functions: [{ name: "F", source, values: { layers: [layer("first"), layer("second")], ...values } }],
    resources: ["first", "second"].map((name) => [
      "aws_lambda_layer_version",
      { layer_name: name, arn: layer(name), filename: join(folder, `${name}.zip`) },
    ]),
  });
  const result = await world.functions.invoke({
    ...{ functionArn: functionArn("F"), payload: "{}", principal: administrator },
  });
  return JSON.parse(result.payload);
}

const names = ["both", "only-first", "@scope/one", "@scope/two", "of-version", "@aws-sdk/client-sns"];
const everything = ["second", "first", "first", "second", "node22", "a layer"];

test("require finds the packages of layers, a later layer's before an earlier one's, and before the SDK", async () => {
  const source = `import { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    export const handler = async () => ${JSON.stringify(names)}.map((name) => require(name));`;

  expect(await answer(source)).toEqual(everything);
});

test("so does import, and what the layers leave out of the SDK is there", async () => {
  const imports = names.map((name, index) => `import m${index} from ${JSON.stringify(name)};`).join("");
  const source = `${imports} import { fromEnv } from "@aws-sdk/credential-provider-env";
    export const handler = async () => [${names.map((_, index) => `m${index}`)}, typeof fromEnv];`;

  expect(await answer(source)).toEqual([...everything, "function"]);
});

test("up to Node.js 16, import does not find them", async () => {
  const source = `export const handler = async () => import("both").then(() => "found", ({ code }) => code);`;

  expect(await answer(source, { runtime: "nodejs16.x" })).toBe("ERR_MODULE_NOT_FOUND");
});

test("what else a layer has is in the folder that NODE_PATH names, which is read-only", async () => {
  const source = `import fs from "node:fs";
    export const handler = async () => {
      const opt = process.env.NODE_PATH.split(":")[1].replace("/nodejs/node_modules", "");
      const text = fs.readFileSync(opt + "/data.txt", "utf8");
      try { fs.writeFileSync(opt + "/data.txt", ""); } catch ({ code }) { return [text, code, process.env.PATH.endsWith(opt + "/bin")]; }
    };`;

  expect(await answer(source)).toEqual(["text", "EROFS", true]);
});

test("what names a file in /opt gets the layer's: import, require, and what reads", async () => {
  const source = `import fs, { readFileSync } from "node:fs";
    import { readFile } from "node:fs/promises";
    import { createRequire } from "node:module";
    import { shared } from "/opt/nodejs/shared.mjs";
    const require = createRequire(import.meta.url);
    export const handler = async () => [
      shared,
      (await import("file:///opt/nodejs/value.mjs")).value,
      require("/opt/nodejs/shared").shared,
      readFileSync("/opt/data.txt", "utf8"),
      await readFile("/opt/data.txt", "utf8"),
      fs.existsSync("/opt/nodejs"),
      fs.existsSync("/opt/nothing"),
    ];`;

  expect(await answer(source)).toEqual([7, 7, 8, "text", "text", true, false]);
});

test("a function without layers has nothing in /opt", async () => {
  const source = `export const handler = async () => import("/opt/nodejs/value.mjs").then(() => "found", ({ code }) => code);`;

  expect(await answer(source, { layers: [] })).toBe("ERR_MODULE_NOT_FOUND");
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Deployment } from "../../../../local/deployment/deployment";
import { layersOf, readLayers } from "../../../../local/services/lambda/layers";
import { resourceAt } from "../../../support/deployment";
import { zipOf } from "./zip";

const layer = (name: string, version = 1) => `arn:aws:lambda:us-east-1:123456789012:layer:${name}:${version}`;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "layers-"));
  for (const [name, file] of Object.entries({ A: "nodejs/a.txt", B: "b.txt" })) {
    mkdirSync(dirname(join(folder, name, file)), { recursive: true });
    writeFileSync(join(folder, name, file), "text");
  }
  const big = zipOf({ "big.bin": { content: "a", stored: true } });
  big.writeUInt32LE(262_144_000, big.lastIndexOf("PK\u0001\u0002", undefined, "latin1") + 24);
  writeFileSync(join(folder, "Big.zip"), big);
});

afterAll(() => rmSync(folder, { recursive: true }));

function read(...layers: string[]) {
  const fn = resourceAt("aws_lambda_function.F", { layers });
  const of = (name: string, filename = `${name}.zip`) =>
    resourceAt(`aws_lambda_layer_version.${name}`, { layer_name: name, arn: layer(name), filename });
  const archives = ["A", "B"].map((name) =>
    resourceAt(`data.archive_file.${name}`, { output_path: `${name}.zip`, source_dir: name }),
  );
  const resources = [fn, ...["A", "B", "Big"].map((name) => of(name)), of("Orphan", "gone.zip"), ...archives];
  const deployment = new Deployment("us-east-1", "123456789012", { "secure-edge": folder }, resources, {});
  return layersOf(fn, readLayers(deployment), { kind: "folder", path: join(folder, "B") });
}

test("a function has its layers in their order, whatever they are created from", () => {
  expect(read(layer("B"), layer("A"))).toEqual([
    { arn: layer("B"), code: { kind: "folder", path: join(folder, "B") } },
    { arn: layer("A"), code: { kind: "folder", path: join(folder, "A") } },
  ]);
});

test("a layer whose archive is gone harms nobody who does not have it", () => {
  expect(read()).toEqual([]);
  expect(() => read(layer("Orphan"))).toThrow(
    "aws_lambda_layer_version.Orphan (stack secure-edge): filename",
  );
});

test.each<[string, string[]]>([
  ["Cannot reference more than 5 layers.", ["A", "B", "C", "D", "E", "F"].map((name) => layer(name))],
  [
    `Two different versions of the same layer are not allowed to be referenced in the same function. ${layer("A")} and ${layer("A", 2)} are versions of the same layer.`,
    [layer("A"), layer("B"), layer("A", 2)],
  ],
  [
    "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 262144004 bytes.",
    [layer("Big")],
  ],
])("what AWS refuses stops the start: %s", (reason, layers) => {
  expect(() => read(...layers)).toThrow(
    `aws_lambda_function.F: AWS refuses layers ${JSON.stringify(layers)}: ${reason}`,
  );
});

test("a layer of somebody else stops the start, with the way to get it", () => {
  const arn = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:38";

  expect(() => read(arn)).toThrow(
    `aws_lambda_function.F (stack secure-edge): layers has ${arn}, which is not a layer version of the deployment; get its archive with \`aws lambda get-layer-version-by-arn --arn ${arn}\` and declare it as an aws_lambda_layer_version, or take it out of what is served`,
  );
});

import { resolve } from "node:path";
import { build } from "esbuild";

/** What a handler's bundle is made of. */
export interface Bundle {
  readonly file: string;
  readonly bytes: number;
  readonly exports: readonly string[];
  /** The npm packages in it. */
  readonly packages: readonly string[];
  /** What it imports when it runs. */
  readonly imports: readonly string[];
}

/** Bundles `lambda-src/<handler>/index.ts` into `folder`, as an ES module for Lambda's Node.js. */
export async function bundle(handler: string, folder: string): Promise<Bundle> {
  const file = resolve(folder, `${handler}.mjs`);
  const { metafile } = await build({
    entryPoints: [resolve(__dirname, `../../../lambda-src/${handler}/index.ts`)],
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    mainFields: ["module", "main"],
    minify: true,
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    metafile: true,
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error(`esbuild wrote nothing for ${handler}`);
  const packages = Object.keys(metafile.inputs).map(
    (input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1],
  );
  return {
    file,
    bytes: output.bytes,
    exports: output.exports,
    packages: [...new Set(packages.filter((name) => name !== undefined))].sort(),
    imports: [...new Set(output.imports.map(({ path }) => path))],
  };
}

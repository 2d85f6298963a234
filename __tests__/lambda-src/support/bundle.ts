import { resolve } from "node:path";
import { build } from "esbuild";
import { optionsFor } from "../../../stacks/common/bundle";

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

/** Bundles `lambda-src/<handler>/index.ts` into `folder`, with the options that the stacks bundle with. */
export async function bundle(handler: string, folder: string): Promise<Bundle> {
  const file = resolve(folder, `${handler}.mjs`);
  const { metafile } = await build({
    ...optionsFor(handler, resolve(__dirname, "../../..")),
    outfile: file,
    sourcemap: false,
    write: true,
    metafile: true,
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

// Runs esbuild for each of the options in its first argument (a list in JSON), and writes a list to standard output (JSON): each run's
// files, or what does not compile, in esbuild's own words.
import path from "node:path";
import { build, formatMessages } from "esbuild";

/** Some packages are CommonJS and require Node.js's own modules, which an ES module cannot. */
const REQUIRE =
  'import{createRequire as createRequireOfBundle}from"node:module";const require=createRequireOfBundle(import.meta.url);';

/** @param {import("esbuild").BuildOptions} options */
async function bundle(options) {
  const { outputFiles = [] } = await build(options);
  // What esbuild writes for a `require` that it cannot resolve.
  if (!outputFiles.some(({ text }) => text.includes("Dynamic require of"))) return outputFiles;
  return (await build({ ...options, banner: { js: REQUIRE } })).outputFiles ?? [];
}

/** @type {import("esbuild").BuildOptions[]} */
const wanted = JSON.parse(process.argv[2] ?? "[]");
const runs = wanted.map(async (options) => {
  try {
    const outputFiles = await bundle(options);
    return { files: outputFiles.map((file) => ({ name: path.basename(file.path), contents: file.text })) };
  } catch (error) {
    if (!(error instanceof Error && "errors" in error && Array.isArray(error.errors))) throw error;
    const messages = await formatMessages(error.errors, { kind: "error", color: false, terminalWidth: 110 });
    return { files: [], problem: messages.join("").trimEnd() };
  }
});
process.stdout.write(JSON.stringify(await Promise.all(runs)));

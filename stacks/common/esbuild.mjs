// Runs esbuild with the options in its first argument (JSON), writes the output files to standard output (JSON), and
// what does not compile, in esbuild's own words, to standard error with exit code 1.
import { build, formatMessages } from "esbuild";

try {
  const { outputFiles = [] } = await build(JSON.parse(process.argv[2] ?? "{}"));
  process.stdout.write(JSON.stringify(outputFiles.map(({ path, text }) => ({ path, text }))));
} catch (error) {
  if (!(error instanceof Error && "errors" in error && Array.isArray(error.errors))) throw error;
  const messages = await formatMessages(error.errors, { kind: "error", color: false, terminalWidth: 110 });
  process.stderr.write(messages.join("").trimEnd());
  process.exitCode = 1;
}

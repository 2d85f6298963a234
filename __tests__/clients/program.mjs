// The clients that run in Node.js, in one process, each loaded for its first step. A line of input is a step of the client that it
// names, a line of output what it came to, both JSON.
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const { client, ...options } = JSON.parse(line);
  const { run } = await import(`./${client}.mjs`);
  process.stdout.write(`${JSON.stringify((await run(options)) ?? null)}\n`);
}

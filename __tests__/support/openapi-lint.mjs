// Prints the problems that Redocly's linter finds in each of the OpenAPI documents on standard input, as JSON. A program of its
// own, because the linter is an ES module, which jest does not load.
import { text } from "node:stream/consumers";
import { createConfig, lintFromString } from "@redocly/openapi-core";

// The API says nothing of a licence.
const config = await createConfig({ extends: ["recommended"], rules: { "info-license": "off" } });
/** @type {string[]} */
const sources = JSON.parse(await text(process.stdin));
const results = [];
for (const source of sources) {
  const problems = await lintFromString({ source, absoluteRef: "openapi.json", config });
  results.push(
    problems.map(({ ruleId, message, location }) => ({ ruleId, message, at: location[0]?.pointer })),
  );
}
process.stdout.write(JSON.stringify(results));

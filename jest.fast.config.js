/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  // A suite that takes seconds, because it starts processes, bundles, or serves a whole deployment, has `.slow` in its name.
  testMatch: ["<rootDir>/__tests__/**/!(*.slow).test.ts"],
};

const {
  transform,
  testEnvironment,
  testRunner,
  modulePathIgnorePatterns,
  globalSetup,
  globalTeardown,
  moduleNameMapper,
} = require("./jest.config.js");

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment,
  testRunner,
  transform,
  modulePathIgnorePatterns,
  globalSetup,
  globalTeardown,
  moduleNameMapper,
  testMatch: ["<rootDir>/__tests__/terraform/**/*.test.ts"],
  // Two cores and one AWS API: the tests of a file build on each other, and files take turns.
  maxWorkers: 1,
  // Terraform's AWS provider alone waits 25 s for a queue, and 25 s for its policy.
  testTimeout: 600_000,
  verbose: true,
};

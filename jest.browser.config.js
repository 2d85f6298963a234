const {
  transform,
  testEnvironment,
  testRunner,
  modulePathIgnorePatterns,
  moduleNameMapper,
} = require("./jest.config.js");

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment,
  testRunner,
  transform,
  modulePathIgnorePatterns,
  moduleNameMapper,
  testMatch: ["<rootDir>/__tests__/browser/**/*.test.ts"],
  globalSetup: "<rootDir>/__tests__/browser/support/start-deployment.ts",
  globalTeardown: "<rootDir>/__tests__/browser/support/stop-deployment.ts",
  // The deployment is one, and its defences are switched.
  maxWorkers: 1,
  testTimeout: 120_000,
  verbose: true,
};

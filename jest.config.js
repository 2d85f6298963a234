/** @type {import("jest").Config} */
module.exports = {
  // What one suite has loaded, the next ones of its worker have.
  testEnvironment: "<rootDir>/__tests__/support/run/shared-realm.ts",
  testRunner: "<rootDir>/__tests__/support/run/shared-modules.ts",
  // Every core: jest by itself leaves one idle, which of two is half.
  maxWorkers: "100%",
  // Many tests start a whole runtime, or a process; a busy machine takes its time.
  testTimeout: 60_000,
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  testPathIgnorePatterns: [
    "/node_modules/",
    "<rootDir>/__tests__/terraform/",
    "<rootDir>/__tests__/browser/",
    // A suite that needs more than Node.js (git, npm's registry, Python, AWS's own tools) has `.tools` in its name: `npm run test:tools`.
    "\\.tools\\.test\\.ts$",
  ],
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out", "<rootDir>/.local", "<rootDir>/local/dist"],
  transform: {
    "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  globalSetup: "<rootDir>/__tests__/support/run/start-run.ts",
  globalTeardown: "<rootDir>/__tests__/support/run/end-run.ts",
  moduleNameMapper: {
    // As a construct imports it, `stacks/common/handler-function.ts`.
    "^\\./bundle$": "<rootDir>/__tests__/support/run/bundle.ts",
    // As cdktf and constructs import theirs.
    "^\\./(tokens/)?(private/)?stack-trace$": "<rootDir>/__tests__/support/run/stack-trace.ts",
  },
  // What runs in a browser is tested in one: `npm run test:browser`.
  collectCoverageFrom: ["{stacks,lambda-src,local}/**/*.ts", "!**/*.d.ts", "!local/console/pages/**"],
  // Instrumented code is cached; V8's own figures cost minutes of source maps and gigabytes of memory here.
  coverageProvider: "babel",
  coverageReporters: ["text-summary"],
  coverageThreshold: { global: { lines: 90 } },
};

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  // Every core: jest by itself leaves one idle, which of two is half.
  maxWorkers: "100%",
  // Many tests start a whole runtime, or a process; a busy machine takes its time.
  testTimeout: 60_000,
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/__tests__/terraform/"],
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out", "<rootDir>/.local"],
  transform: {
    "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  collectCoverageFrom: ["{stacks,lambda-src,local}/**/*.ts", "!**/*.d.ts"],
  // Instrumented code is cached; V8's own figures cost minutes of source maps and gigabytes of memory here.
  coverageProvider: "babel",
  coverageReporters: ["text-summary"],
  coverageThreshold: { global: { lines: 90 } },
};

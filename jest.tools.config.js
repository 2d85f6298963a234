/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/__tests__/**/*.tools.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};

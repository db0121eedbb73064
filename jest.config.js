const shared = {
  testEnvironment: "node",
  transform: {
    "^.+\\.[tj]s$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  // Sources carry the `.js` that Node's ESM wants; jest compiles them to CommonJS.
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  // The only packages published as ESM alone.
  transformIgnorePatterns: ["/node_modules/(?!(@marcbachmann/cel-js|re2js)/)"],
};

/** @type {import('jest').Config} */
export default {
  // The integration suites start servers of their own: two at a time is what two cores carry.
  maxWorkers: 2,
  // A test that hangs is found out; one on a busy machine is not taken for that.
  testTimeout: 30_000,
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "/test/integration/"],
    },
    {
      ...shared,
      displayName: "integration",
      testMatch: ["<rootDir>/test/integration/**/*.test.ts"],
    },
  ],
};

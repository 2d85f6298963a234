import { createRequire } from "node:module";

/**
 * Loads a package in the call that first needs it, at once, where `import()` would make everything above asynchronous: what a start
 * does not use does not slow it down.
 */
export const load = createRequire(`${__dirname}/`);

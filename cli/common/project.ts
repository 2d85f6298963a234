import path from "node:path";

/** The folder of this checkout. */
export const PROJECT = path.resolve(__dirname, "../..");

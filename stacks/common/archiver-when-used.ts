import Module, { createRequire } from "node:module";
import path from "node:path";

/**
 * Lets cdktf load `archiver` when it calls it, which it does in a process that packs an asset of the type ARCHIVE and nowhere else
 * (`archiveSync` in cdktf/lib/private/fs.js). Its streams, globs and compression are a sixth of what a synthesis costs. Imported
 * before cdktf.
 */
const file = archiverOfCdktf();
if (file !== undefined && require.cache[file] === undefined) {
  const archiver = (...values: unknown[]): unknown => {
    delete require.cache[file];
    return createRequire(file)(file)(...values);
  };
  require.cache[file] = Object.assign(new Module(file), { loaded: true, exports: archiver });
}

/** Nothing where cdktf has no use for it any more. */
function archiverOfCdktf(): string | undefined {
  try {
    return require.resolve("archiver", { paths: [path.dirname(require.resolve("cdktf"))] });
  } catch {
    return undefined;
  }
}

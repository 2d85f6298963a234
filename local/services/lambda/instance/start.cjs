// Where an instance's process begins. V8 uses the compiled code that Node.js ships for its own modules only while V8's flags are
// those that Node.js was built with (`FlagList::Hash` of V8), and its heap has its limit since the process started: without the
// flag, a function with the AWS SDK is loaded in 55 ms of CPU instead of 66. A thread gets its limit from the flag when it starts.
const modules = require("node:module");
const v8 = require("node:v8");
const threads = require("node:worker_threads");

const limit = process.execArgv.findLast((word) => word.startsWith("--max-old-space-size="));
v8.setFlagsFromString("--max-old-space-size=0");
threads.Worker = new Proxy(threads.Worker, {
  construct(...call) {
    if (limit !== undefined) v8.setFlagsFromString(limit);
    return Reflect.construct(...call);
  },
});
modules.syncBuiltinESMExports();
// Lambda's runtime is an ES module, so functions find no `require.main` there (ilearnio/module-alias#132).
delete process.mainModule;
import("./bootstrap.mjs");

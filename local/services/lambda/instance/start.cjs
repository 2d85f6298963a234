// Where an instance's process begins. V8 takes the compiled code that Node.js brings of its own modules only as long as its flags are
// those of Node.js's build (`FlagList::Hash` of V8). The heap has got its limit when the process started: without the flag, a
// function with the AWS SDK is loaded in 55 ms of CPU instead of 66. Worker threads get their limit by it, so bootstrap.mjs sets it again.
require("node:v8").setFlagsFromString("--max-old-space-size=0");
import("./bootstrap.mjs");

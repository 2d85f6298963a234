import { commands } from "./command-table";
import { runAsProcess } from "./common/run-command";

void runAsProcess(commands, process.argv.slice(2));

import { runAsProcess } from "../local/command/run-command";
import { commands } from "./command-table";
import { PROJECT } from "./common/project";

void runAsProcess(commands, process.argv.slice(2), PROJECT);

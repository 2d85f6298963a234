#!/usr/bin/env node
import { caller, commands } from "./package-commands";
import { runAsProcess } from "./run-command";

void runAsProcess(commands, process.argv.slice(2), process.cwd(), caller);

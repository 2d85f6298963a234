#!/usr/bin/env node
import type { Caller } from "./command";
import { commands } from "./package-commands";
import { runAsProcess } from "./run-command";

/** The package's command: `npx secure-lambda-local [DIR]`, `npx secure-lambda-local apply [DIR]`. */
const caller: Caller = {
  name: "npx secure-lambda-local",
  summary: "Serves a CDKTF or Terraform project's API on this machine and enforces what AWS would",
  callOf: ({ name }) => (name === "serve" ? "npx secure-lambda-local" : `npx secure-lambda-local ${name}`),
  separator: "",
  unnamed: "serve",
};

void runAsProcess(commands, process.argv.slice(2), process.cwd(), caller);

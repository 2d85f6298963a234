import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { motoEnvironment } from "../../../cli/terraform/moto";
import { type MotoServer, startMotoServer } from "./moto-server";
import { Workspace } from "./workspace";

/** No process has this number: `destroy`, which stops the moto that it finds, stops nothing. */
const NO_PROCESS = 2 ** 30;

/** An empty AWS API of this process, and a copy of the project that deploys to it. */
export interface TestTarget {
  readonly moto: MotoServer;
  readonly workspace: Workspace;
  remove(): Promise<void>;
}

/** @throws Error when the tests were not started by `npm run test:terraform`, which prepares what they need */
export async function startTestTarget(): Promise<TestTarget> {
  const { TERRAFORM_TESTS_FOLDER: folder, TERRAFORM_TESTS_PYTHON: python } = process.env;
  if (!folder || !python) throw new Error("start these tests by npm run test:terraform");
  const moto = await startMotoServer(python);
  const workspace = Workspace.create(folder, {
    ...motoEnvironment(moto.endpoint),
    TF_CLI_CONFIG_FILE: path.join(folder, "terraform.tfrc"),
  });
  const local = path.join(workspace.folder, ".local");
  mkdirSync(local, { recursive: true });
  writeFileSync(path.join(local, "moto.json"), JSON.stringify({ pid: NO_PROCESS, endpoint: moto.endpoint }));
  return {
    moto,
    workspace,
    async remove() {
      await moto.stop();
      workspace.remove();
    },
  };
}

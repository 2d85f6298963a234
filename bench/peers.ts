import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundleHandler } from "../stacks/common/bundle";
import { beside, type Row } from "./row";
import { run, synthesisCommand } from "./run";

const TURNS = 5;
const PEERS = { "aws-cdk-lib": "2.276.0", constructs: "10.6.0" };

/** Synthesis beside AWS CDK's of the same architecture, whose packages are installed from the npm registry for this alone. */
export async function peerRows(checkout: string, folder: string): Promise<Row[]> {
  const peer = path.join(folder, "aws-cdk");
  mkdirSync(peer);
  const manifest = { name: "aws-cdk-peer", private: true, dependencies: PEERS };
  writeFileSync(path.join(peer, "package.json"), JSON.stringify(manifest));
  await run(peer, ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  // Where its packages are found.
  copyFileSync(path.join(__dirname, "peers", "aws-cdk.cjs"), path.join(peer, "app.cjs"));
  const bundles = ["external", "internal"].map((handler) => bundleHandler(handler));
  const ratios = await beside(
    TURNS,
    () => run(checkout, synthesisCommand(), { CDKTF_OUTDIR: path.join(checkout, "cdktf.out") }),
    () => run(peer, [process.execPath, "app.cjs", ...bundles], { CDK_OUTDIR: path.join(peer, "cdk.out") }),
  );
  const what = `synthesis : AWS CDK ${PEERS["aws-cdk-lib"]}'s, handlers bundled beforehand, templates checked as it does`;
  return [
    { what: `${what}: CPU`, unit: "×", values: ratios.cpu },
    { what: `${what}: clock`, unit: "×", values: ratios.wall },
  ];
}

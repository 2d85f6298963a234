import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import autocannon from "autocannon";
import { clientConfig } from "../cli/common/aws-clients";
import { signIn } from "../cli/common/sign-in";
import { synthesize } from "../cli/serving/synthesize";
import { BENCH_USER, type Report } from "./server";

export const CONNECTIONS = 20;

/** A server in a process of its own, so that the load's own work is not measured with it. */
export interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  /** An ID token for the URL; empty for the bare server. */
  readonly token: string;
}

export async function synthesized(
  parent: string,
  name: string,
  settings: Record<string, string>,
): Promise<string> {
  const folder = path.join(parent, name);
  await synthesize(folder, settings);
  return folder;
}

export async function serve(folder: string | undefined, children: ChildProcess[]): Promise<Served> {
  const child = fork(path.join(__dirname, "server.ts"), folder === undefined ? [] : [folder], {
    execArgv: ["--require", "./typescript.js", "--expose-gc"],
  });
  children.push(child);
  const report = await next(child);
  if (report.kind === "memory") throw new Error("the server told its memory before its port");
  const origin = `http://127.0.0.1:${report.port}`;
  if (report.kind === "plain") return { child, url: origin, token: "" };
  const client = new CognitoIdentityProviderClient(
    clientConfig({ region: "us-east-1", awsEndpointUrl: origin }),
  );
  const [pool = { id: "", clientId: "" }] = report.userPools;
  const { idToken } = await signIn(client, pool, BENCH_USER);
  return { child, url: `${origin}/development/lambda1`, token: idToken };
}

export function next(child: ChildProcess): Promise<Report> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the server ended with exit code ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message as Report);
    });
  });
}

export async function fire(
  url: string,
  headers: Record<string, string>,
  bound: { duration: number } | { amount: number },
) {
  return autocannon({
    url,
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: '{"name":"Ada"}',
    connections: CONNECTIONS,
    timeout: 30,
    ...bound,
  });
}

import { fork } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import { bundleHandler } from "../stacks/common/bundle";
import { startAwsStub } from "./aws-stub";
import { beside, type Row, ratioRows, type Taken } from "./row";

/** What a call of another service takes, so that the number of calls is what counts. */
const CALL_MS = 5;
const REQUESTS = 100;

/** The functions as Lambda runs them: what is uploaded, how long an instance takes to be there, and what it serves then. */
export async function handlerRows(): Promise<Row[]> {
  const bundleOf = (handler: string) => path.join(bundleHandler(handler), "index.mjs");
  const kiloBytes = (handler: string) => statSync(bundleOf(handler)).size / 1000;
  const original = path.join(__dirname, "original", "external.mjs");
  const stub = await startAwsStub(CALL_MS);
  try {
    const load = async (file: string) => (await runHandler(file, 0, stub.url)).imported;
    const serve = async (file: string) => (await runHandler(file, REQUESTS, stub.url)).served;
    const loaded = await beside(
      7,
      () => load(bundleOf("external")),
      () => load(original),
    );
    // Requests are the other way round: how often ours answers in the time the original takes.
    const served = await beside(
      3,
      () => serve(original),
      () => serve(bundleOf("external")),
    );
    return [
      { what: "ExternalLambda's bundle", unit: "kB", goal: { atMost: 250 }, values: [kiloBytes("external")] },
      { what: "InternalLambda's bundle", unit: "kB", goal: { atMost: 25 }, values: [kiloBytes("internal")] },
      ...ratioRows("importing it : importing the original", { atMost: 0.5 }, loaded),
      {
        what: `requests with ${CALL_MS} ms a call : the original's`,
        unit: "×",
        goal: { atLeast: 1.9 },
        values: served.wall,
      },
    ];
  } finally {
    stub.close();
  }
}

interface Run {
  readonly imported: Taken;
  readonly served: Taken;
}

function runHandler(file: string, requests: number, awsEndpointUrl: string): Promise<Run> {
  const child = fork(path.join(__dirname, "handler-process.mjs"), [file, String(requests)], {
    execArgv: [],
    env: {
      PATH: process.env.PATH,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_ENDPOINT_URL: awsEndpointUrl,
      AWS_LAMBDA_FUNCTION_NAME: "ExternalLambda1",
      TOPIC_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:topic-AbCdEf",
      TOPIC_MAX_AGE_SECONDS: "300",
      CORS_ORIGINS: "",
    },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  // What it says of itself (the SDK's warning about this Node.js) counts only where it fails.
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.once("message", (run) => resolve(run as Run));
    child
      .once("error", reject)
      .once("close", (code) => reject(new Error(`${file} ended with ${code}: ${said}`)));
  });
}

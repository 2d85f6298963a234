import { unqualified } from "../kernel/arn";
import type { RequestTrace } from "../kernel/trace";
import { codeFiles } from "../services/lambda/function-code";
import { type FunctionSettings, readFunctions } from "../services/lambda/function-settings";
import type { FunctionView } from "./contract";
import { CallError } from "./routes/call";
import { runViewOf } from "./runs";
import { routeOf } from "./try";
import type { View } from "./view";

const MOST_RUNS = 20;
const MOST_FILES = 200;
const MOST_SOURCE_BYTES = 2_000_000;

export async function functionViews(view: View): Promise<FunctionView[]> {
  const { deployment } = view.host.runtime.inside;
  return Promise.all(readFunctions(deployment).map((settings) => functionView(view, settings)));
}

async function functionView(view: View, settings: FunctionSettings): Promise<FunctionView> {
  const { inside, traces } = view.host.runtime;
  const { name, arn, handler, runtime, memoryMb, timeoutSeconds, reservedConcurrency, logGroup } = settings;
  const runs = inside.activity.runs.recent().filter((run) => run.functionArn === arn);
  const throttled = traces
    .recent()
    .filter((trace) => /TooManyRequests/.test(trace.steps.at(-1)?.detail ?? "") && isFor(view, trace, arn));
  const fn = inside.deployment.find("aws_lambda_function", "arn", arn);
  return {
    ...{ name, arn, handler, runtime, memoryMb, timeoutSeconds, logGroup },
    address: fn?.address ?? "",
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    instances: inside.ports.instances(arn),
    invocations: runs.length,
    errors: runs.filter(({ outcome }) => outcome !== "succeeded" && outcome !== "running").length,
    throttles: throttled.length,
    bundle: codeFiles(settings.code)
      .slice(0, MOST_FILES)
      .map(({ file, bytes }) => ({ file, bytes })),
    recentRuns: await Promise.all(runs.slice(0, MOST_RUNS).map((run) => runViewOf(view, run))),
  };
}

/** Whether the request's method invokes that function. */
function isFor(view: View, { method, path }: RequestTrace, functionArn: string): boolean {
  const route = routeOf(view, { method, path: `/${path.split("/").slice(2).join("/")}` });
  const integration = route?.method.integration;
  return (
    integration !== undefined &&
    "functionArn" in integration &&
    unqualified(integration.functionArn) === functionArn
  );
}

/** The text of one file of the bundle; nothing outside of the bundle is ever read. */
export function sourceOf(
  view: View,
  name: string,
  file: string | null,
): { readonly file: string; readonly text: string } {
  const settings = readFunctions(view.host.runtime.inside.deployment).find(
    (candidate) => candidate.name === name,
  );
  if (settings === undefined) throw new CallError(404, `the deployment has no function ${name}`);
  const files = codeFiles(settings.code).slice(0, MOST_FILES);
  const asked = file ?? files[0]?.file;
  const found = files.find((candidate) => candidate.file === asked);
  if (found === undefined)
    throw new CallError(404, `the bundle of ${name} has no file ${JSON.stringify(asked)}`);
  return { file: found.file, text: found.read().subarray(0, MOST_SOURCE_BYTES).toString("utf8") };
}

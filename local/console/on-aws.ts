import type { Resource } from "../deployment/deployment";
import { parseArn } from "../kernel/arn";
import type { RequestTrace } from "../kernel/trace";
import type { OnAws } from "./contract";
import { linesOf } from "./runs";
import type { View } from "./view";

/** What AWS would write of a request, each to its place; and where nothing is found, why. */
export async function onAwsOf(view: View, trace: RequestTrace): Promise<OnAws[]> {
  const { activity } = view.host.runtime.inside;
  const runs = activity.runs.filter((run) => activity.beginningOf(run) === trace.id);
  const functionLogs = await Promise.all(
    runs.map(async (run) => ({
      kind: "function log" as const,
      where: run.logGroup,
      lines: (await linesOf(view, run)).map(({ message }) => message),
    })),
  );
  return [...(await stageLogs(view, trace)), ...(await webAclLog(view, trace)), ...functionLogs];
}

async function stageLogs(view: View, trace: RequestTrace): Promise<OnAws[]> {
  const name = trace.path.split("/")[1];
  const stages = view.host.runtime.inside.deployment.ofType("aws_api_gateway_stage");
  const stage = stages.find(({ values }) => values.stage_name === name);
  if (stage === undefined) return [];
  const accessGroup = groupOf(stage.block("access_log_settings")?.string("destination_arn"));
  const executionGroup = `API-Gateway-Execution-Logs_${stage.string("rest_api_id")}/${name}`;
  const reachedMethod = trace.steps.some(
    ({ layer, verdict }) => layer === "routing" && verdict !== "refused",
  );
  // A format must have one of the two ids ("Set up CloudWatch logging for REST APIs", API Gateway Developer Guide).
  const access =
    accessGroup === undefined ? [] : await found(view, accessGroup, [trace.id, trace.extendedId]);
  return [
    log("access log", accessGroup, access, accessNote(stage, accessGroup)),
    log(
      "execution log",
      executionGroup,
      await found(view, executionGroup, [trace.id]),
      reachedMethod
        ? "at the method's logging level nothing is written of this request, or the log group is not part of the deployment"
        : "no method took the request",
    ),
  ];
}

function accessNote(stage: Resource, group: string | undefined): string {
  return group === undefined
    ? `${stage.address} has no access_log_settings`
    : "the log group is not part of the deployment, or the line is no longer among its newest";
}

function log(kind: OnAws["kind"], where: string | undefined, lines: readonly string[], note: string): OnAws {
  return { kind, where: where ?? "", lines, ...(lines.length > 0 ? {} : { note }) };
}

async function webAclLog(view: View, { steps, extendedId }: RequestTrace): Promise<OnAws[]> {
  const arn = steps.find(({ layer }) => layer === "web ACL")?.facts.webAclArn;
  if (arn === undefined) return [];
  const [configuration] = view.host.runtime.inside.deployment
    .ofType("aws_wafv2_web_acl_logging_configuration")
    .filter(({ values }) => values.resource_arn === arn);
  if (configuration === undefined)
    return [log("web ACL log", undefined, [], "the web ACL has no logging configuration (WEB_ACL_LOG)")];
  const group = groupOf(configuration.strings("log_destination_configs")[0]);
  const lines = group === undefined ? [] : await found(view, group, [extendedId]);
  return [
    log(
      "web ACL log",
      group,
      lines,
      "the logging configuration's filter drops this request, or its destination is not part of the deployment",
    ),
  ];
}

/** The name in the ARN of a log group. */
function groupOf(arn: string | undefined): string | undefined {
  return /^log-group:([^:]+)/.exec(parseArn(arn ?? "")?.resource ?? "")?.[1];
}

/** The lines of the group that have one of these texts; none where there is no such group. */
async function found(
  { host }: View,
  group: string,
  texts: readonly (string | undefined)[],
): Promise<string[]> {
  const wanted = texts.filter((text) => text !== undefined && text !== "").map((text) => `?"${text}"`);
  if (wanted.length === 0) return [];
  const input = { logGroupName: group, filterPattern: wanted.join(" "), limit: 100 };
  const { events } = await host.runtime.inside
    .call("logs", "FilterLogEvents", input)
    .catch(() => ({ events: [] }));
  const all: { readonly message: string }[] = Array.isArray(events) ? events : [];
  return all.map(({ message }) => message);
}

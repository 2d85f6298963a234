import type { Input, Members } from "../../kernel/input";
import type { WebAcl } from "./web-acl";
import type { Sample, TimeWindow } from "./web-acl-record";

/** `GetSampledRequests` of a web ACL; `undefined` where it has another scope, or no rule with that metric. */
export function sampledRequests(webAcl: WebAcl, input: Input): Members | undefined {
  const log = input.text("Scope") === webAcl.scope ? webAcl.samples(input.text("RuleMetricName")) : undefined;
  if (log === undefined) return undefined;
  const asked = readTimeWindow(input);
  const { samples, population, window } = log.within(asked, input.integer("MaxItems"));
  return {
    SampledRequests: samples.map(({ time, sample }) => toSampledRequest(sample, time)),
    PopulationSize: population,
    TimeWindow: toApiWindow(window),
  };
}

/** The window in milliseconds; on the wire a timestamp is in seconds. */
function readTimeWindow(input: Input): TimeWindow {
  const window = input.structure("TimeWindow");
  const [start, end] = [window.optionalNumber("StartTime"), window.optionalNumber("EndTime")];
  if (start === undefined || end === undefined || start > end)
    return input.refuse(
      "TimeWindow",
      "TimeWindow must have a StartTime and an EndTime that is not before it",
    );
  return { start: start * 1000, end: end * 1000 };
}

const toApiWindow = ({ start, end }: TimeWindow): Members => ({
  StartTime: start / 1000,
  EndTime: end / 1000,
});

function toSampledRequest({ hit, request, headers, labels }: Sample, time: number): Members {
  return {
    Request: {
      ClientIP: request.sourceIp,
      // Not known outside AWS, as for an address that AWS knows no country of.
      Country: "-",
      URI: request.path,
      Method: request.method,
      HTTPVersion: request.httpVersion,
      Headers: headers.map(({ name, value }) => ({ Name: name, Value: value })),
    },
    Weight: 1,
    Timestamp: time / 1000,
    Action: hit.action,
    ...(hit.withinGroup && { RuleNameWithinRuleGroup: hit.rule }),
    ...(hit.insertHeaders.length > 0 && {
      RequestHeadersInserted: hit.insertHeaders.map(([Name, Value]) => ({ Name, Value })),
    }),
    ...(hit.responseCode !== undefined && { ResponseCodeSent: hit.responseCode }),
    ...(labels.length > 0 && { Labels: labels.map((Name) => ({ Name })) }),
    ...(hit.overriddenAction !== undefined && { OverriddenAction: hit.overriddenAction }),
  };
}

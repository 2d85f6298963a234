import type { AwsService, Members, Operation, RequiredPermission } from "../../aws-api/service";
import type { Deployment, Resource } from "../../deployment/deployment";
import type { TimeWindow } from "./sample-log";
import {
  invalidParameter,
  nonexistentItem,
  readMaxItems,
  readScope,
  readText,
  readTimeWindow,
} from "./inputs";
import type { WebAcl } from "./web-acl";
import { describeIpSet, describeWebAcl, lockToken, summarize } from "./web-acl-description";
import type { Sample } from "./web-acl-record";

/** What the operations work on. */
export interface Wafv2Backend {
  readonly deployment: Deployment;
  readonly webAcls: readonly WebAcl[];
  /** Web ACL by the ARN of the resource it protects. */
  readonly associations: ReadonlyMap<string, WebAcl>;
}

/** AWS WAF's API (botocore `wafv2` 2019-07-29), the operations that read. */
export function createWafv2Service(backend: Wafv2Backend): AwsService {
  const { deployment, webAcls, associations } = backend;

  const webAclByArn = (input: Members, member: string): WebAcl => {
    const arn = readText(input, member, "RESOURCE_ARN");
    if (!arn.startsWith("arn:")) throw invalidParameter("The ARN isn't valid.", "RESOURCE_ARN", arn);
    return webAcls.find((webAcl) => webAcl.arn === arn) ?? fail();
  };
  const webAclOf = (input: Members): WebAcl | undefined =>
    associations.get(readText(input, "ResourceArn", "RESOURCE_ARN"));
  const resourceById = (input: Members, type: string): Resource => {
    const scope = readScope(input);
    const id = readText(input, "Id", "RESOURCE_ARN");
    const name = readText(input, "Name", "RESOURCE_ARN");
    const isWanted = (resource: Resource) =>
      resource.string("id") === id && resource.string("name") === name && resource.string("scope") === scope;
    return deployment.ofType(type).find(isWanted) ?? fail();
  };
  const list = (input: Members, type: string): Members[] => {
    const scope = readScope(input);
    return deployment
      .ofType(type)
      .filter((resource) => resource.string("scope") === scope)
      .map(summarize);
  };
  const onResource = (action: string, resource: string): RequiredPermission => ({ action, resource });

  const operations: Record<string, Operation> = {
    GetSampledRequests: {
      permission: (input) => onResource("wafv2:GetSampledRequests", webAclByArn(input, "WebAclArn").arn),
      handle: (input) => sampledRequests(webAclByArn(input, "WebAclArn"), input),
    },
    ListWebACLs: {
      permission: () => onResource("wafv2:ListWebACLs", "*"),
      handle: (input) => ({ WebACLs: list(input, "aws_wafv2_web_acl") }),
    },
    GetWebACL: {
      permission: (input) =>
        onResource("wafv2:GetWebACL", resourceById(input, "aws_wafv2_web_acl").string("arn")),
      handle: (input) => {
        const resource = resourceById(input, "aws_wafv2_web_acl");
        return { WebACL: describeWebAcl(resource, deployment.accountId), ...lockToken(resource) };
      },
    },
    ListIPSets: {
      permission: () => onResource("wafv2:ListIPSets", "*"),
      handle: (input) => ({ IPSets: list(input, "aws_wafv2_ip_set") }),
    },
    GetIPSet: {
      permission: (input) =>
        onResource("wafv2:GetIPSet", resourceById(input, "aws_wafv2_ip_set").string("arn")),
      handle: (input) => {
        const resource = resourceById(input, "aws_wafv2_ip_set");
        return { IPSet: describeIpSet(resource), ...lockToken(resource) };
      },
    },
    GetWebACLForResource: {
      permission: (input) => onResource("wafv2:GetWebACLForResource", webAclOf(input)?.arn ?? "*"),
      handle: (input) => {
        const webAcl = webAclOf(input);
        return webAcl === undefined ? {} : { WebACL: describeWebAcl(webAcl.resource, deployment.accountId) };
      },
    },
    ListResourcesForWebACL: {
      permission: (input) => onResource("wafv2:ListResourcesForWebACL", webAclByArn(input, "WebACLArn").arn),
      handle: (input) => {
        const webAcl = webAclByArn(input, "WebACLArn");
        const protectedArns = [...associations].filter(([, other]) => other === webAcl).map(([arn]) => arn);
        // Without a type AWS lists load balancers alone.
        const wanted = input.ResourceType === "API_GATEWAY" ? ":apigateway:" : ":elasticloadbalancing:";
        return { ResourceArns: protectedArns.filter((arn) => arn.includes(wanted)) };
      },
    },
  };
  return {
    name: "wafv2",
    wire: { protocol: "json", version: "1.1", targetPrefix: "AWSWAF_20190729", messageKey: "Message" },
    operations,
  };
}

function fail(): never {
  throw nonexistentItem();
}

function sampledRequests(webAcl: WebAcl, input: Members): Members {
  if (readScope(input) !== webAcl.resource.string("scope")) throw nonexistentItem();
  const metric = readText(input, "RuleMetricName", "METRIC_NAME");
  const log = webAcl.samples(metric) ?? fail();
  const { samples, population, window } = log.within(readTimeWindow(input), readMaxItems(input));
  return {
    SampledRequests: samples.map(({ time, sample }) => toSampledRequest(sample, time)),
    PopulationSize: population,
    TimeWindow: toApiWindow(window),
  };
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
    ...(hit.ruleWithinGroup !== undefined && { RuleNameWithinRuleGroup: hit.ruleWithinGroup }),
    ...(hit.insertHeaders.length > 0 && {
      RequestHeadersInserted: hit.insertHeaders.map(([Name, Value]) => ({ Name, Value })),
    }),
    ...(hit.responseCode !== undefined && { ResponseCodeSent: hit.responseCode }),
    ...(labels.length > 0 && { Labels: labels.map((Name) => ({ Name })) }),
    ...(hit.overriddenAction !== undefined && { OverriddenAction: hit.overriddenAction }),
  };
}

import type { Resource } from "../../deployment/deployment";
import { type Members, validation } from "../../kernel/input";
import type { ServiceDefinition } from "../service";
import {
  invalidParameter,
  nonexistentItem,
  readMaxItems,
  readScope,
  readText,
  readTimeWindow,
} from "./inputs";
import { wafv2ResourceTypes } from "./resources";
import type { TimeWindow } from "./sample-log";
import type { WebAcl } from "./web-acl";
import { describeIpSet, describeWebAcl, lockToken, summarize } from "./web-acl-description";
import type { Sample } from "./web-acl-record";
import { WebAcls } from "./web-acls";

const WEB_ACL = "aws_wafv2_web_acl";
const IP_SET = "aws_wafv2_ip_set";

/** AWS WAF (botocore `wafv2` 2019-07-29): the operations that read. */
export const wafv2: ServiceDefinition<WebAcls> = {
  name: "wafv2",
  title: "AWS WAF",
  wire: { protocol: "json", version: "1.1", targetPrefix: "AWSWAF_20190729", messageKey: "Message" },
  errors: {
    denied: { code: "AccessDeniedException", status: 400 },
    internal: {
      code: "WAFInternalErrorException",
      message:
        "Your request is valid, but AWS WAF couldn’t perform the operation because of a system problem.",
      status: 500,
    },
    throttled: { code: "ThrottlingException", message: "Rate exceeded", status: 400 },
    input: { error: validation("ValidationException", { shows: true }) },
  },
  resourceTypes: wafv2ResourceTypes,
  operations: {
    GetSampledRequests: {
      permission: {
        action: "wafv2:GetSampledRequests",
        resource: ({ members }, webAcls) => webAclByArn(webAcls, members, "WebAclArn").arn,
      },
      handle: ({ members }, webAcls) => sampledRequests(webAclByArn(webAcls, members, "WebAclArn"), members),
    },
    ListWebACLs: {
      permission: { action: "wafv2:ListWebACLs" },
      handle: ({ members }, webAcls) => ({ WebACLs: list(webAcls, members, WEB_ACL) }),
    },
    GetWebACL: {
      permission: {
        action: "wafv2:GetWebACL",
        resource: ({ members }, webAcls) => resourceById(webAcls, members, WEB_ACL).string("arn"),
      },
      handle: ({ members }, webAcls) => {
        const resource = resourceById(webAcls, members, WEB_ACL);
        return { WebACL: describeWebAcl(resource, webAcls.deployment.accountId), ...lockToken(resource) };
      },
    },
    ListIPSets: {
      permission: { action: "wafv2:ListIPSets" },
      handle: ({ members }, webAcls) => ({ IPSets: list(webAcls, members, IP_SET) }),
    },
    GetIPSet: {
      permission: {
        action: "wafv2:GetIPSet",
        resource: ({ members }, webAcls) => resourceById(webAcls, members, IP_SET).string("arn"),
      },
      handle: ({ members }, webAcls) => {
        const resource = resourceById(webAcls, members, IP_SET);
        return { IPSet: describeIpSet(resource), ...lockToken(resource) };
      },
    },
    GetWebACLForResource: {
      permission: {
        action: "wafv2:GetWebACLForResource",
        resource: ({ members }, webAcls) => webAclOf(webAcls, members)?.arn ?? "*",
      },
      handle: ({ members }, webAcls) => {
        const webAcl = webAclOf(webAcls, members);
        return webAcl === undefined
          ? {}
          : { WebACL: describeWebAcl(webAcl.resource, webAcls.deployment.accountId) };
      },
    },
    ListResourcesForWebACL: {
      permission: {
        action: "wafv2:ListResourcesForWebACL",
        resource: ({ members }, webAcls) => webAclByArn(webAcls, members, "WebACLArn").arn,
      },
      handle: ({ members }, webAcls) => {
        const webAcl = webAclByArn(webAcls, members, "WebACLArn");
        const protectedArns = [...webAcls.associations]
          .filter(([, other]) => other === webAcl)
          .map(([arn]) => arn);
        // Without a type AWS lists load balancers alone.
        const wanted = members.ResourceType === "API_GATEWAY" ? ":apigateway:" : ":elasticloadbalancing:";
        return { ResourceArns: protectedArns.filter((arn) => arn.includes(wanted)) };
      },
    },
  },
  create: ({ deployment, clock }) => new WebAcls(deployment, clock),
  ports: ({ associations }) => ({ webAclFor: (stageArn) => associations.get(stageArn) }),
  warnings: (webAcls) => webAcls.warnings,
};

function webAclByArn({ all }: WebAcls, input: Members, member: string): WebAcl {
  const arn = readText(input, member, "RESOURCE_ARN");
  if (!arn.startsWith("arn:")) throw invalidParameter("The ARN isn't valid.", "RESOURCE_ARN", arn);
  return all.find((webAcl) => webAcl.arn === arn) ?? fail();
}

function webAclOf({ associations }: WebAcls, input: Members): WebAcl | undefined {
  return associations.get(readText(input, "ResourceArn", "RESOURCE_ARN"));
}

function resourceById({ deployment }: WebAcls, input: Members, type: string): Resource {
  const scope = readScope(input);
  const id = readText(input, "Id", "RESOURCE_ARN");
  const name = readText(input, "Name", "RESOURCE_ARN");
  const isWanted = (resource: Resource) =>
    resource.string("id") === id && resource.string("name") === name && resource.string("scope") === scope;
  return deployment.ofType(type).find(isWanted) ?? fail();
}

function list({ deployment }: WebAcls, input: Members, type: string): Members[] {
  const scope = readScope(input);
  return deployment
    .ofType(type)
    .filter((resource) => resource.string("scope") === scope)
    .map(summarize);
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

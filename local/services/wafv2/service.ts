import { operationInputs } from "../../aws-api/operation-inputs";
import type { Resource } from "../../deployment/deployment";
import { parseArn } from "../../kernel/arn";
import { AwsError } from "../../kernel/aws-error";
import type { Input, InputDialect, Members } from "../../kernel/input";
import type { InputProblem } from "../../kernel/input-dialect";
import { pageOf } from "../../kernel/paging";
import type { ServiceDefinition } from "../service";
import { loadDetector } from "./detector";
import { wafv2ResourceTypes } from "./resources";
import { sampledRequests } from "./sampled-requests";
import type { WebAcl } from "./web-acl";
import { describeIpSet, describeWebAcl, lockToken, summarize } from "./web-acl-description";
import { WebAcls } from "./web-acls";

const WEB_ACL = "aws_wafv2_web_acl";
const IP_SET = "aws_wafv2_ip_set";

/** What AWS WAF calls the members of an input in its errors: "WAFInvalidParameterException", AWS WAF API reference. */
const FIELDS: Readonly<Record<string, string>> = {
  Scope: "SCOPE_VALUE",
  RuleMetricName: "METRIC_NAME",
  MaxItems: "ENTITY_LIMIT",
  Limit: "ENTITY_LIMIT",
  ResourceType: "RESOURCE_TYPE",
  TimeWindow: "EXPIRE_TIMESTAMP",
};

const PROTECTED_SERVICES: Readonly<Record<string, string>> = {
  API_GATEWAY: "apigateway",
  APPLICATION_LOAD_BALANCER: "elasticloadbalancing",
  COGNITO_USER_POOL: "cognito-idp",
};

const wording: InputDialect = (problem, ...more) => {
  const { member, path, value } = problem;
  const shown = typeof value === "object" ? JSON.stringify(value) : String(value ?? "");
  const reasons = [problem, ...more.filter((other) => other.path === path)].map(reasonOf);
  return invalidParameter(reasons.join("; "), FIELDS[member] ?? "RESOURCE_ARN", shown);
};

function reasonOf(problem: InputProblem): string {
  if (problem.kind === "missing") return `${problem.member} is required`;
  return problem.kind === "type" ? `${problem.member} must be a ${problem.expected}` : problem.constraint;
}

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
    input: wording,
  },
  inputs: operationInputs(__dirname),
  resourceTypes: wafv2ResourceTypes,
  operations: {
    GetSampledRequests: {
      permission: {
        action: "wafv2:GetSampledRequests",
        resource: (input, webAcls) => webAclByArn(webAcls, input, "WebAclArn").arn,
      },
      handle: (input, webAcls) => sampledRequests(webAclByArn(webAcls, input, "WebAclArn"), input) ?? fail(),
    },
    ListWebACLs: {
      permission: { action: "wafv2:ListWebACLs" },
      handle: (input, webAcls) => list(webAcls, input, WEB_ACL, "WebACLs"),
    },
    GetWebACL: {
      permission: {
        action: "wafv2:GetWebACL",
        resource: (input, webAcls) => namedWebAcl(webAcls, input).string("arn"),
      },
      handle: (input, webAcls) => {
        const resource = namedWebAcl(webAcls, input);
        return { WebACL: describeWebAcl(resource, webAcls.deployment.accountId), ...lockToken(resource) };
      },
    },
    ListIPSets: {
      permission: { action: "wafv2:ListIPSets" },
      handle: (input, webAcls) => list(webAcls, input, IP_SET, "IPSets"),
    },
    GetIPSet: {
      permission: {
        action: "wafv2:GetIPSet",
        resource: (input, webAcls) => resourceById(webAcls, input, IP_SET).string("arn"),
      },
      handle: (input, webAcls) => {
        const resource = resourceById(webAcls, input, IP_SET);
        return { IPSet: describeIpSet(resource), ...lockToken(resource) };
      },
    },
    GetWebACLForResource: {
      permission: {
        action: "wafv2:GetWebACLForResource",
        resource: (input, webAcls) => webAclOf(webAcls, input)?.arn ?? "*",
      },
      handle: (input, webAcls) => {
        const webAcl = webAclOf(webAcls, input);
        return webAcl === undefined
          ? {}
          : { WebACL: describeWebAcl(webAcl.resource, webAcls.deployment.accountId) };
      },
    },
    ListResourcesForWebACL: {
      permission: {
        action: "wafv2:ListResourcesForWebACL",
        resource: (input, webAcls) => webAclByArn(webAcls, input, "WebACLArn").arn,
      },
      handle: (input, webAcls) => {
        const webAcl = webAclByArn(webAcls, input, "WebACLArn");
        // "ListResourcesForWebACL", AWS WAF API reference: load balancers alone where no type is given.
        const type = input.optionalText("ResourceType") ?? "APPLICATION_LOAD_BALANCER";
        const isWanted = (arn: string) => parseArn(arn)?.service === PROTECTED_SERVICES[type];
        return {
          ResourceArns: [...webAcls.associations].flatMap(([arn, other]) =>
            other === webAcl && isWanted(arn) ? [arn] : [],
          ),
        };
      },
    },
  },
  create: async ({ deployment, clock, kept, ports }, { managedRules = "show" }) => {
    const detector = managedRules === "off" ? undefined : await loadDetector();
    return new WebAcls(deployment, { clock, kept, managedRules, detector, logs: () => ports.logs });
  },
  ports: (webAcls) => ({ webAclFor: (stageArn) => webAcls.inspectorFor(stageArn) }),
  warnings: (webAcls) => webAcls.warnings,
};

function webAclByArn({ all }: WebAcls, input: Input, member: string): WebAcl {
  const arn = input.text(member);
  if (parseArn(arn) === undefined) throw invalidParameter("The ARN isn't valid.", "RESOURCE_ARN", arn);
  return all.find((webAcl) => webAcl.arn === arn) ?? fail();
}

function webAclOf({ associations }: WebAcls, input: Input): WebAcl | undefined {
  return associations.get(input.text("ResourceArn"));
}

/** By its ARN, or by name, scope and id: none is required ("GetWebACL", AWS WAF API reference). */
function namedWebAcl(webAcls: WebAcls, input: Input): Resource {
  if (input.optionalText("ARN") !== undefined) return webAclByArn(webAcls, input, "ARN").resource;
  return resourceById(webAcls, input, WEB_ACL);
}

function resourceById({ deployment }: WebAcls, input: Input, type: string): Resource {
  const [scope, id, name] = [input.text("Scope"), input.text("Id"), input.text("Name")];
  const isWanted = (resource: Resource) =>
    resource.string("id") === id && resource.string("name") === name && resource.string("scope") === scope;
  return deployment.ofType(type).find(isWanted) ?? fail();
}

/** "NextMarker" is there where more follow ("ListWebACLs", AWS WAF API reference, which names no default of "Limit"; at most 100). */
function list({ deployment }: WebAcls, input: Input, type: string, member: string): Members {
  const scope = input.text("Scope");
  const found = deployment.ofType(type).filter((resource) => resource.string("scope") === scope);
  const { items, nextToken } = pageOf(found, {
    keyOf: ({ address }) => address,
    token: input.optionalText("NextMarker"),
    limit: input.optionalInteger("Limit") ?? 100,
    invalidToken: () => input.refuse("NextMarker", "Member must be a NextMarker of this operation"),
  });
  return { [member]: items.map(summarize), ...(nextToken === undefined ? {} : { NextMarker: nextToken }) };
}

function fail(): never {
  throw new AwsError(
    "WAFNonexistentItemException",
    "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
  );
}

/** AWS WAF's error for an input that is not valid, with the members of its shape. */
function invalidParameter(reason: string, field: string, parameter: string): AwsError {
  const message = `Error reason: ${reason}, field: ${field}, parameter: ${parameter}`;
  return new AwsError("WAFInvalidParameterException", message, 400, {
    // The service spells an error's message with a capital, this one error without.
    message,
    Field: field,
    Parameter: parameter,
    Reason: reason,
  });
}

import type { AwsService } from "../../aws-api/service";
import type { Clock } from "../../kernel/clock";
import { DeploymentError } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import type { WebAclInspector } from "./inspection";
import { createWafv2Service } from "./service";
import { WebAcl } from "./web-acl";
import type { RuleCount } from "./web-acl-record";

/** The deployment's web ACLs, each guarding what Terraform associates it with. */
export interface WebAcls {
  /** AWS WAF's API. */
  readonly service: AwsService;
  /** What the rules hold that is not evaluated here, one sentence each, to be shown at start. */
  readonly warnings: readonly string[];
  /** The web ACL of a protected resource, by the stage's ARN (`arn:aws:apigateway:…::/restapis/…/stages/…`). */
  webAclFor(resourceArn: string): WebAclInspector | undefined;
  /** What each rule did, since the start. */
  counts(): readonly RuleCount[];
}

/** @throws DeploymentError for a rule that AWS WAF or its provider would refuse */
export function createWebAcls(deployment: Deployment, clock: Clock): WebAcls {
  const webAcls = deployment
    .ofType("aws_wafv2_web_acl")
    .map((resource) => new WebAcl(resource, deployment, clock));
  const associations = associate(deployment, webAcls);
  return {
    service: createWafv2Service({ deployment, webAcls, associations }),
    warnings: webAcls.flatMap((webAcl) => webAcl.warnings),
    webAclFor: (resourceArn) => associations.get(resourceArn),
    counts: () => webAcls.flatMap((webAcl) => webAcl.record.counts()),
  };
}

function associate(deployment: Deployment, webAcls: readonly WebAcl[]): Map<string, WebAcl> {
  const associations = new Map<string, WebAcl>();
  for (const association of deployment.ofType("aws_wafv2_web_acl_association")) {
    const resourceArn = association.string("resource_arn");
    const webAcl = webAcls.find(({ arn }) => arn === association.string("web_acl_arn"));
    if (webAcl === undefined)
      association.fail("web_acl_arn", "that of an aws_wafv2_web_acl in the deployment");
    else if (associations.has(resourceArn)) {
      throw new DeploymentError(
        `${association.address}: ${resourceArn} has a web ACL already, and a resource can have only one`,
      );
    } else associations.set(resourceArn, webAcl);
  }
  return associations;
}

import { DeploymentError } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import type { Clock } from "../../kernel/clock";
import { WebAcl } from "./web-acl";
import type { RuleCount } from "./web-acl-record";

/** The deployment's web ACLs, each guarding what Terraform associates it with. */
export class WebAcls {
  readonly all: readonly WebAcl[];
  /** By the ARN of the protected resource: `arn:aws:apigateway:…::/restapis/…/stages/…`. */
  readonly associations: ReadonlyMap<string, WebAcl>;

  /** @throws DeploymentError for a rule that AWS WAF or its provider would refuse */
  constructor(
    readonly deployment: Deployment,
    clock: Clock,
  ) {
    this.all = deployment
      .ofType("aws_wafv2_web_acl")
      .map((resource) => new WebAcl(resource, deployment, clock));
    this.associations = associate(deployment, this.all);
  }

  /** What the rules hold that is not evaluated here, one sentence each, to be shown at start. */
  get warnings(): string[] {
    return this.all.flatMap((webAcl) => webAcl.warnings);
  }

  /** What each rule did, since the start. */
  counts(): RuleCount[] {
    return this.all.flatMap((webAcl) => webAcl.record.counts());
  }
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

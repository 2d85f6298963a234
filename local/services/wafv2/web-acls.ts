import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { parseArn, partitionOf } from "../../kernel/arn";
import type { WebAclInspector } from "../../kernel/web-acl-inspection";
import { customResponsesOf } from "./action";
import { requireCapacity } from "./capacity";
import { readIpSet } from "./ip-set";
import { readPatternSet } from "./regex-pattern";
import { compileGroup } from "./rule-group";
import { NotEvaluable } from "./statement";
import { findReferenced, type Protected, WebAcl, type WebAclOptions } from "./web-acl";
import type { RuleCount } from "./web-acl-record";

/** The deployment's web ACLs, each guarding what Terraform associates it with. */
export class WebAcls {
  readonly all: readonly WebAcl[];
  /** By the ARN of the protected resource: `arn:aws:apigateway:…::/restapis/…/stages/…`. */
  readonly associations: ReadonlyMap<string, WebAcl>;
  private readonly notes: string[] = [];
  private readonly inspectors = new Map<string, WebAclInspector | undefined>();

  /** @throws DeploymentError for a rule that AWS WAF or its provider would refuse */
  constructor(
    readonly deployment: Deployment,
    options: WebAclOptions,
  ) {
    this.all = deployment
      .ofType("aws_wafv2_web_acl")
      .map((resource) => new WebAcl(resource, deployment, options));
    for (const type of ["aws_wafv2_web_acl", "aws_wafv2_rule_group"])
      for (const resource of deployment.ofType(type)) requireCapacity(resource, deployment);
    this.associations = this.associate();
    this.readTheRest(options);
  }

  /** What the rules hold that is not evaluated here, one sentence each, to be shown at start. */
  get warnings(): string[] {
    return [...this.all.flatMap((webAcl) => webAcl.warnings), ...this.notes];
  }

  /** What each rule did, since the start. */
  counts(): RuleCount[] {
    return this.all.flatMap((webAcl) => webAcl.record.counts());
  }

  /** The web ACL that guards that stage. */
  inspectorFor(stageArn: string): WebAclInspector | undefined {
    if (!this.inspectors.has(stageArn)) this.inspectors.set(stageArn, this.createInspector(stageArn));
    return this.inspectors.get(stageArn);
  }

  private createInspector(stageArn: string): WebAclInspector | undefined {
    const webAcl = this.associations.get(stageArn);
    const stage = this.toProtected(stageArn);
    if (webAcl === undefined || stage === undefined) return undefined;
    return {
      inspect: (request) => webAcl.inspect(request, stage),
      customResponses: customResponsesOf(this.deployment, stageArn),
    };
  }

  /** What AWS WAF makes of a stage's ARN; `undefined` for another resource's. */
  private toProtected(arn: string): Protected | undefined {
    const { service, resource = "" } = parseArn(arn) ?? {};
    const [, api, stage] = /^\/restapis\/([^/]+)\/stages\/([^/]+)$/.exec(resource) ?? [];
    if (service !== "apigateway" || api === undefined) return undefined;
    const { accountId, region } = this.deployment;
    // "Invoke REST APIs", API Gateway Developer Guide.
    const domain = partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
    return { sourceId: `${accountId}:${api}:${stage}`, host: `${api}.execute-api.${region}.${domain}` };
  }

  private associate(): Map<string, WebAcl> {
    const associations = new Map<string, WebAcl>();
    for (const association of this.deployment.ofType("aws_wafv2_web_acl_association")) {
      const resourceArn = association.string("resource_arn");
      const webAcl = this.all.find(({ arn }) => arn === association.string("web_acl_arn"));
      if (webAcl === undefined)
        return association.fail("web_acl_arn", "that of an aws_wafv2_web_acl in the deployment");
      if (webAcl.scope !== "REGIONAL")
        return association.fail("web_acl_arn", "that of a web ACL whose scope is REGIONAL");
      if (associations.has(resourceArn))
        throw new DeploymentError(
          `${association.address}: ${resourceArn} has a web ACL already, and a resource can have only one`,
        );
      if (this.toProtected(resourceArn) === undefined)
        this.notes.push(
          `${association.address}: web ACL ${webAcl.name} is evaluated for stages of REST APIs alone, not for ${resourceArn}`,
        );
      associations.set(resourceArn, webAcl);
    }
    return associations;
  }

  /** Reads what no rule may refer to: it must be sound all the same, and nothing in it is passed over. */
  private readTheRest({ clock, detector, managedRules }: WebAclOptions): void {
    const { deployment } = this;
    const predicts = managedRules !== "off";
    for (const set of deployment.ofType("aws_wafv2_ip_set")) readIpSet(set);
    for (const set of deployment.ofType("aws_wafv2_regex_pattern_set")) readQuietly(set);
    for (const group of deployment.ofType("aws_wafv2_rule_group"))
      compileGroup(group, deployment.accountId, () => ({
        ...{ clock, detector, predicts, labelPrefix: "", labels: new Set() },
        referenced: (type, block) => findReferenced(deployment, type, block),
        warn: () => {},
      }));
    for (const configuration of deployment.ofType("aws_wafv2_web_acl_logging_configuration"))
      if (!this.all.some(({ arn }) => arn === configuration.string("resource_arn")))
        configuration.fail("resource_arn", "that of an aws_wafv2_web_acl in the deployment");
  }
}

/** A pattern that cannot be compiled here is warned of where a rule uses it. */
function readQuietly(set: Resource): void {
  try {
    readPatternSet(set);
  } catch (error) {
    if (!(error instanceof NotEvaluable)) throw error;
  }
}

import { type Attributes, DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import type { Clock } from "../../kernel/clock";
import type { Kept } from "../../kernel/kept";
import type { LogSink } from "../../kernel/log-sink";
import type { InspectedRequest, RuleTrace, Verdict } from "../../kernel/web-acl-inspection";
import { readAction, readResponseBodies } from "./action";
import { compileDataProtection, type Protect } from "./data-protection";
import type { Detector } from "./detector";
import { compileManagedRuleGroup } from "./managed-rule-group";
import { asShown, type Evaluation, predictionOf } from "./prediction";
import { RequestView, readBodyLimit } from "./request-view";
import {
  type AvailableAction,
  type CompiledRule,
  compileRule,
  compileRules,
  type Decision,
  type Hit,
  type Metric,
  matched,
  type RuleOwner,
  readMetric,
  runRules,
} from "./rule";
import { compileRuleGroupReference, type FlatHit, flatten } from "./rule-group";
import type { StatementContext } from "./statement";
import { readLogging, type WebAclLog } from "./web-acl-log";
import { emptyRecord, type Sample, type SampleLog, WebAclRecord } from "./web-acl-record";

const defaultRule = "Default_Action";

/**
 * What becomes of a match with a rule that only AWS has, and that is therefore predicted: it blocks, or it is shown and
 * does not block; `off` predicts nothing.
 */
export type ManagedRules = "block" | "show" | "off";

export interface WebAclOptions {
  readonly clock: Clock;
  /** Where logs go, asked for when a request comes. */
  readonly logs: () => LogSink;
  readonly managedRules: ManagedRules;
  readonly kept?: Kept;
  /** `undefined` where the platform has none. */
  readonly detector: Detector | undefined;
}

/** The stage that a request is for, as AWS WAF knows it. */
export interface Protected {
  /** The host by which clients reach it on AWS: `abc123.execute-api.us-east-1.amazonaws.com`. */
  readonly host: string;
  /** `123456789012:abc123:development` */
  readonly sourceId: string;
}

/** Evaluates an `aws_wafv2_web_acl`, and remembers what its rules did. */
export class WebAcl {
  readonly arn: string;
  readonly name: string;
  readonly scope: string;
  readonly record: WebAclRecord;
  private readonly metric: Metric;
  private readonly labelPrefix: string;
  private readonly warned = new Set<string>();
  private readonly labels = new Set<string>();
  private readonly rules: readonly CompiledRule[];
  private readonly defaultDecision: Decision;
  private readonly defaultHit: Hit;
  private readonly protect: Protect;
  private readonly bodyLimit: number;
  private readonly log: WebAclLog | undefined;

  constructor(
    readonly resource: Resource,
    private readonly deployment: Deployment,
    private readonly options: WebAclOptions,
  ) {
    this.arn = resource.string("arn");
    this.name = resource.string("name");
    this.scope = resource.string("scope");
    if (resource.optionalString("rule_json") !== undefined)
      resource.fail("rule_json", "left out (write the rules as rule blocks)");
    this.labelPrefix = `awswaf:${deployment.accountId}:webacl:${this.name}:`;
    const owner: RuleOwner = {
      labelPrefix: this.labelPrefix,
      bodies: readResponseBodies(resource),
      statementContext: (rule) => this.statementContext(rule),
    };
    this.rules = compileRules(resource, (rule) => this.compile(rule, owner));
    this.metric = readMetric(resource);
    const action = readDefaultAction(resource, owner);
    this.defaultDecision = { rule: defaultRule, action };
    this.defaultHit = matched(defaultRule, "REGULAR", action, { ...this.metric, name: defaultRule });
    this.protect = compileDataProtection(resource, deployment.accountId);
    this.bodyLimit = readBodyLimit(resource);
    this.record = new WebAclRecord(
      this.name,
      [defaultRule, ...this.rules.map(({ metric }) => metric.name)],
      options.clock,
      options.kept?.of(`record of ${this.arn}`, emptyRecord),
    );
    this.log = readLogging(deployment, this, {
      ...options,
      protect: this.protect,
      warn: (note) => void this.warned.add(note),
    });
  }

  /** What is not evaluated, and why: one sentence each, for the start. */
  get warnings(): readonly string[] {
    return [...this.warned];
  }

  inspect(request: InspectedRequest, { sourceId, host }: Protected): Verdict {
    const { managedRules } = this.options;
    const view = new RequestView(request, this.bodyLimit, managedRules !== "off", host);
    const onAws = this.evaluate(view);
    const { hits, decision } = managedRules === "show" ? this.withoutPredictions(view, onAws) : onAws;
    const flat = flatten(hits);
    for (const hit of flat) this.record.note(hit, () => this.sample(view));
    this.log?.write({ view, hits, decision, sourceId });
    const { rule, action } = decision;
    const prediction = predictionOf(onAws, decision);
    const inspection = { rule, trace: flat.map(toTrace), ...(prediction !== undefined && { prediction }) };
    if (action.kind === "BLOCK")
      return {
        ...inspection,
        action: "BLOCK",
        ...(action.customResponse && { customResponse: action.customResponse }),
      };
    const insertHeaders = [...new Map(flat.flatMap((hit) => hit.insertHeaders))];
    return { ...inspection, action: "ALLOW", ...(insertHeaders.length > 0 && { insertHeaders }) };
  }

  private evaluate(view: RequestView): Evaluation {
    const hits = runRules(this.rules, view);
    const decision = hits.at(-1)?.decision;
    if (decision !== undefined) return { hits, decision };
    return { hits: [...hits, this.defaultHit], decision: this.defaultDecision };
  }

  /**
   * Evaluates again as though AWS's rules did not exist, so that a prediction changes nothing for the client, and shows
   * what was predicted as counted only.
   */
  private withoutPredictions(view: RequestView, onAws: Evaluation): Evaluation {
    if (!onAws.hits.some(({ predicted, group }) => predicted ?? group?.hits.some((hit) => hit.predicted)))
      return onAws;
    const labels = [...view.labels];
    view.forgetPredictions();
    const { hits, decision } = this.evaluate(view);
    for (const label of labels) view.labels.add(label);
    const predictions = new Map(onAws.hits.map((hit) => [hit.rule, hit]));
    return {
      hits: hits.map((hit) => (hit.outcome === "match" ? hit : asShown(predictions.get(hit.rule) ?? hit))),
      decision,
    };
  }

  /** The samples under a rule's metric; those that no rule decided under `Default_Action` or the web ACL's own. */
  samples(metric: string): SampleLog<Sample> | undefined {
    return this.record.samples(metric === this.metric.name ? defaultRule : metric);
  }

  private compile(rule: Attributes, owner: RuleOwner): CompiledRule {
    const statement = rule.block("statement");
    const managed = statement?.block("managed_rule_group_statement");
    if (managed !== undefined) return compileManagedRuleGroup(rule, managed, owner);
    const reference = statement?.block("rule_group_reference_statement");
    if (reference === undefined) return compileRule(rule, owner);
    return compileRuleGroupReference(rule, reference, owner, this.deployment.accountId);
  }

  private sample(view: RequestView): Omit<Sample, "hit"> {
    const { sourceIp, method, path, httpVersion } = view.request;
    return {
      request: { sourceIp, method, path: path.slice(0, 8192), httpVersion },
      headers: this.protect.headers(view.headers.content),
      labels: [...view.labels],
    };
  }

  private statementContext(rule: string): StatementContext {
    const { clock, detector, managedRules } = this.options;
    return {
      ...{ clock, detector, labels: this.labels, labelPrefix: this.labelPrefix },
      predicts: managedRules !== "off",
      referenced: (type, block) => findReferenced(this.deployment, type, block),
      warn: (note) => void this.warned.add(`web ACL ${this.name}, rule ${rule}: ${note}`),
    };
  }
}

function toTrace({ rule, outcome, action, overriddenAction, labels, predicted }: FlatHit): RuleTrace {
  return {
    ...{ rule, outcome, labels },
    ...(predicted !== undefined && { predicted }),
    ...(action !== undefined && { action }),
    ...(overriddenAction !== undefined && { overriddenAction }),
  };
}

/** The resource that the block's `arn` names. */
export function findReferenced(deployment: Deployment, type: string, block: Attributes): Resource {
  const arn = block.string("arn");
  const found = deployment.find(type, "arn", arn);
  if (found !== undefined) return found;
  throw new DeploymentError(
    `${block.address}: arn must be that of an ${type} in the deployment, received ${arn}`,
  );
}

function readDefaultAction(resource: Resource, { bodies }: RuleOwner): AvailableAction {
  const block = resource.block("default_action") ?? resource.fail("default_action", "one block");
  const action = readAction(block, bodies);
  if (action.kind === "ALLOW" || action.kind === "BLOCK") return action;
  return resource.fail("default_action", "a block with allow or block");
}

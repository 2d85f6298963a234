import { type Attributes, DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import type { CustomResponse, Header } from "../../kernel/web-acl-inspection";

export type Action =
  | {
      readonly kind: "ALLOW" | "COUNT";
      /** Named as they are inserted: `x-amzn-waf-…`. */
      readonly insertHeaders: readonly Header[];
    }
  | { readonly kind: "BLOCK"; readonly customResponse?: CustomResponse }
  // These two need AWS WAF's own pages and tokens: a rule with such an action is not evaluated.
  | { readonly kind: "CAPTCHA" }
  | { readonly kind: "CHALLENGE" };

/** The custom response bodies of a web ACL or rule group, by key. */
export type ResponseBodies = ReadonlyMap<string, { readonly contentType: string; readonly content: string }>;

const contentTypes: Readonly<Record<string, string>> = {
  TEXT_PLAIN: "text/plain",
  TEXT_HTML: "text/html",
  APPLICATION_JSON: "application/json",
};

export function readResponseBodies(owner: Attributes): ResponseBodies {
  return new Map(
    owner.blocks("custom_response_body").map((body) => {
      const contentType =
        contentTypes[body.string("content_type")] ??
        body.fail("content_type", "TEXT_PLAIN, TEXT_HTML or APPLICATION_JSON");
      return [body.string("key"), { contentType, content: body.string("content") }];
    }),
  );
}

const KINDS = ["allow", "block", "count", "captcha", "challenge"] as const;

/** Reads an `action`, `default_action` or `action_to_use` block. */
export function readAction(block: Attributes, bodies: ResponseBodies): Action {
  const [kind, ...others] = KINDS.filter((name) => block.blocks(name).length > 0);
  const own = kind && block.block(kind);
  if (own === undefined)
    throw new DeploymentError(`${block.address} must hold one of allow, block, count, captcha or challenge`);
  // The provider sends what is there, and AWS says this of it (umotif-public/terraform-aws-waf-webaclv2#85).
  for (const other of others)
    block.refuse(other, "You have used none or multiple values for a field that requires exactly one value.");
  switch (kind) {
    case "allow":
      return { kind: "ALLOW", insertHeaders: readInsertedHeaders(own) };
    case "count":
      return { kind: "COUNT", insertHeaders: readInsertedHeaders(own) };
    case "block": {
      const response = own.block("custom_response");
      return response === undefined
        ? { kind: "BLOCK" }
        : { kind: "BLOCK", customResponse: readCustomResponse(response, bodies) };
    }
    default:
      readInsertedHeaders(own);
      return { kind: kind === "captcha" ? "CAPTCHA" : "CHALLENGE" };
  }
}

/** What the web ACL of a stage may answer of its own, from its rules and from those of the rule groups that it refers to. */
export function customResponsesOf(deployment: Deployment, stageArn: string): CustomResponse[] {
  const association = deployment.find("aws_wafv2_web_acl_association", "resource_arn", stageArn);
  const webAcl =
    association && deployment.find("aws_wafv2_web_acl", "arn", association.string("web_acl_arn"));
  return webAcl === undefined ? [] : responsesIn(webAcl, deployment);
}

function responsesIn(owner: Resource, deployment: Deployment): CustomResponse[] {
  const bodies = readResponseBodies(owner);
  const rules = owner.blocks("rule");
  const actions = [...owner.blocks("default_action"), ...rules.flatMap((rule) => rule.blocks("action"))];
  const groups = rules
    .flatMap((rule) => rule.blocks("statement"))
    .flatMap((statement) => statement.blocks("rule_group_reference_statement"))
    .flatMap((reference) => deployment.find("aws_wafv2_rule_group", "arn", reference.string("arn")) ?? []);
  return [
    ...actions.flatMap((block) => {
      const action = readAction(block, bodies);
      return action.kind === "BLOCK" && action.customResponse !== undefined ? [action.customResponse] : [];
    }),
    ...groups.flatMap((group) => responsesIn(group, deployment)),
  ];
}

function readCustomResponse(block: Attributes, bodies: ResponseBodies): CustomResponse {
  const answer = { status: block.number("response_code"), headers: readHeaders(block, "response_header") };
  const key = block.optionalString("custom_response_body_key");
  if (key === undefined) return answer;
  const body =
    bodies.get(key) ??
    block.fail("custom_response_body_key", `one of ${[...bodies.keys()].join(", ") || "(none is defined)"}`);
  return { ...answer, contentType: body.contentType, body: body.content };
}

// "CustomHTTPHeader", AWS WAF API reference: AWS WAF puts the prefix before the name.
function readInsertedHeaders(block: Attributes): Header[] {
  const handling = block.block("custom_request_handling");
  if (handling === undefined) return [];
  return readHeaders(handling, "insert_header").map(([name, value]) => [`x-amzn-waf-${name}`, value]);
}

function readHeaders(block: Attributes, key: string): Header[] {
  return block.blocks(key).map((header) => [header.string("name"), header.string("value")]);
}

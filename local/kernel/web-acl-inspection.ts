export type Header = readonly [name: string, value: string];

/** A request as the web ACL sees it: as it came, nothing decoded. */
export interface InspectedRequest {
  readonly sourceIp: string;
  readonly method: string;
  /** The path as sent, with the stage: `/development/lambda1`. */
  readonly path: string;
  /** Without the question mark, as sent; empty where there is none. */
  readonly queryString: string;
  readonly httpVersion: string;
  /** Names as sent, in order, duplicates kept. */
  readonly headers: readonly Header[];
  readonly body: Buffer;
  /** API Gateway's extended request id, for the web ACL's log: `Ed0AiHF_CGYF-DA=`. */
  readonly requestId?: string;
}

export interface CustomResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly contentType?: string;
  readonly body?: string;
}

/** What one rule did with a request, for a trace: never a value of the request. */
export interface RuleTrace {
  /** The rule's name; in a rule group `<rule group>#<rule>`. */
  readonly rule: string;
  /** `not evaluated`: what this runtime cannot know. */
  readonly outcome: "match" | "no match" | "not evaluated";
  /** What the rule did; set where it matched. */
  readonly action?: "ALLOW" | "BLOCK" | "COUNT";
  /** The action that the web ACL, or this runtime, replaced by another one. */
  readonly overriddenAction?: "ALLOW" | "BLOCK" | "COUNT" | "CAPTCHA" | "CHALLENGE";
  /** The labels that it put on the request, fully qualified. */
  readonly labels: readonly string[];
  /** Set where the match rests on what is publicly known of a rule that only AWS has: as documented, or roughly. */
  readonly predicted?: "exact" | "likely";
}

interface Inspection {
  /** The deciding rule, or `Default_Action`. */
  readonly rule: string;
  /** What every rule did that was looked at, in order; the rules of a group come before the rule that refers to it. */
  readonly trace?: readonly RuleTrace[];
  /** What AWS's managed rules would make of the request: `AWS would likely block: CommonRuleSet GenericLFI_BODY`. */
  readonly prediction?: string;
}

/** What the web ACL decided. */
export type Verdict =
  | (Inspection & {
      readonly action: "ALLOW";
      /** Headers (`x-amzn-waf-…`) that replace those of the same name before the request goes on; left out if none. */
      readonly insertHeaders?: readonly Header[];
    })
  | (Inspection & {
      readonly action: "BLOCK";
      /** The rule's custom response; where it has none the gateway response `WAF_FILTERED` answers. */
      readonly customResponse?: CustomResponse;
    });

export interface WebAclInspector {
  /** What its rules may answer of their own. */
  readonly customResponses: readonly CustomResponse[];
  /** Evaluates the rules, counts and samples the request. */
  inspect(request: InspectedRequest): Verdict;
}

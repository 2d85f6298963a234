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
}

export interface CustomResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly contentType?: string;
  readonly body?: string;
}

/** What the web ACL decided. */
export type Verdict =
  | {
      readonly action: "ALLOW";
      /** The deciding rule, or `Default_Action`. */
      readonly rule: string;
      /** Headers (`x-amzn-waf-…`) that replace those of the same name before the request goes on; left out if none. */
      readonly insertHeaders?: readonly Header[];
    }
  | {
      readonly action: "BLOCK";
      readonly rule: string;
      /** The rule's custom response; where it has none the gateway response `WAF_FILTERED` answers. */
      readonly customResponse?: CustomResponse;
    };

export interface WebAclInspector {
  /** Evaluates the rules, counts and samples the request. */
  inspect(request: InspectedRequest): Verdict;
}

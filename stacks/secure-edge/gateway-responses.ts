import { ApiGatewayGatewayResponse } from "@cdktf/provider-aws/lib/api-gateway-gateway-response";
import { Construct } from "constructs";

/** Sent with every answer that API Gateway gives itself; the functions send their own. */
const SECURITY_HEADERS = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

export interface GatewayResponsesProps {
  readonly restApiId: string;
  /** The one origin that may read the answers. */
  readonly corsOrigin: string | undefined;
}

/**
 * Answers that API Gateway gives itself carry the security headers, whatever their kind: the two defaults are what
 * every other type inherits from.
 *
 * Creates `aws_api_gateway_gateway_response`.
 */
export class GatewayResponses extends Construct {
  readonly responses: readonly ApiGatewayGatewayResponse[];

  constructor(scope: Construct, id: string, { restApiId, corsOrigin }: GatewayResponsesProps) {
    super(scope, id);
    const headers = corsOrigin ? { ...SECURITY_HEADERS, ...corsHeaders(corsOrigin) } : SECURITY_HEADERS;
    const responseParameters = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, staticValue(value)]),
    );
    this.responses = ["DEFAULT_4XX", "DEFAULT_5XX"].map(
      (responseType) =>
        new ApiGatewayGatewayResponse(this, responseType, { restApiId, responseType, responseParameters }),
    );
  }
}

/** The headers that let the pages of one origin read an answer. */
export function corsHeaders(origin: string): Readonly<Record<string, string>> {
  return { "Access-Control-Allow-Origin": origin, Vary: "Origin" };
}

/** A literal in a parameter mapping. */
export function staticValue(value: string): string {
  return `'${value}'`;
}

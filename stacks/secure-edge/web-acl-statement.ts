/**
 * The statements that the web ACL's rules use. cdktf types a WAF statement as `any` and passes it on as it is: this
 * union gives the types back and renders Terraform's own names.
 */
export type WebAclStatement =
  | { readonly kind: "ip-set"; readonly ipSetArn: string }
  | { readonly kind: "rate"; readonly limit: number; readonly windowSeconds: 60 | 120 | 300 | 600 }
  | { readonly kind: "body-larger-than"; readonly bytes: number }
  | { readonly kind: "managed-rule-group"; readonly vendor: "AWS"; readonly group: string };

/** The statement as the argument `statement` of a rule of `aws_wafv2_web_acl`. */
export function renderStatement(statement: WebAclStatement): object {
  switch (statement.kind) {
    case "ip-set":
      return { ip_set_reference_statement: { arn: statement.ipSetArn } };
    case "rate":
      return {
        rate_based_statement: {
          aggregate_key_type: "IP",
          limit: statement.limit,
          evaluation_window_sec: statement.windowSeconds,
        },
      };
    case "body-larger-than":
      return {
        size_constraint_statement: {
          comparison_operator: "GT",
          size: statement.bytes,
          // What is too large to be inspected is too large to pass.
          field_to_match: { body: { oversize_handling: "MATCH" } },
          text_transformation: [{ priority: 0, type: "NONE" }],
        },
      };
    case "managed-rule-group":
      return { managed_rule_group_statement: { vendor_name: statement.vendor, name: statement.group } };
  }
}

import { type ComputedAttributes, nameOf, uuid } from "./context";

/** `kind`: how the ARN calls it. A web ACL's capacity is left out: AWS alone adds it up. */
const entity =
  (kind: string): ComputedAttributes =>
  (own, { region, accountId }) => {
    const name = nameOf(own);
    const id = uuid(own, "id");
    // What belongs to CloudFront is global, and global things live in us-east-1.
    const place = own.string("scope") === "CLOUDFRONT" ? ["us-east-1", "global"] : [region, "regional"];
    return {
      id,
      name,
      arn: `arn:aws:wafv2:${place[0]}:${accountId}:${place[1]}/${kind}/${name}/${id}`,
      lock_token: uuid(own, "lock token"),
    };
  };

export const wafv2Attributes: Readonly<Record<string, ComputedAttributes>> = {
  aws_wafv2_ip_set: entity("ipset"),
  aws_wafv2_regex_pattern_set: entity("regexpatternset"),
  aws_wafv2_rule_group: entity("rulegroup"),
  aws_wafv2_web_acl: entity("webacl"),
  aws_wafv2_web_acl_association: (own) => ({
    id: `${own.string("web_acl_arn")},${own.string("resource_arn")}`,
  }),
  aws_wafv2_web_acl_logging_configuration: (own) => ({ id: own.string("resource_arn") }),
};

import {
  type ComputedAttributes,
  inert,
  nameOf,
  type ResourceType,
  served,
  uniqueSuffix,
} from "../deployment/resource-type";
import { formatArn, type Place } from "../kernel/arn";
import { seededId, UPPERCASE } from "../kernel/ids";
import { policyDocument } from "./policy-document-data";

/** IAM is global: its ARNs have no region. */
function iamArn(place: Place, resource: string): string {
  return formatArn(place, "iam", resource, { region: "" });
}

const role: ComputedAttributes = (own, place) => {
  const name = nameOf(own);
  const path = own.optionalString("path") ?? "/";
  return {
    arn: iamArn(place, `role${path}${name}`),
    id: name,
    name,
    path,
    max_session_duration: 3600,
    unique_id: `AROA${seededId(own.seed("unique id"), 17, UPPERCASE)}`,
  };
};

const policy: ComputedAttributes = (own, place) => {
  const name = nameOf(own);
  const path = own.optionalString("path") ?? "/";
  const arn = iamArn(place, `policy${path}${name}`);
  return { arn, id: arn, name, path, policy_id: `ANPA${seededId(own.seed("policy id"), 17, UPPERCASE)}` };
};

const rolePolicy: ComputedAttributes = (own) => {
  const name = nameOf(own);
  return { id: `${own.string("role")}:${name}`, name };
};

const rolePolicyAttachment: ComputedAttributes = (own) => ({
  id: `${own.string("role")}-${uniqueSuffix(own, "attachment")}`,
});

export const iamResourceTypes: readonly ResourceType[] = [
  served("aws_iam_role", {
    providerOnly: ["create_date", "unique_id"],
    computed: role,
    inert: {
      description: "a note for people",
      path: "part of the ARN",
      max_session_duration: "sessions do not end here",
      "inline_policy.name": "a name for people",
    },
  }),
  served("aws_iam_policy", {
    providerOnly: ["attachment_count", "policy_id"],
    computed: policy,
  }),
  served("aws_iam_role_policy", { computed: rolePolicy, inert: { name: "a name for people" } }),
  served("aws_iam_role_policy_attachment", { computed: rolePolicyAttachment }),
  inert("data.aws_iam_policy_document", "a policy's text, which other resources refer to", {
    computed: policyDocument,
  }),
];

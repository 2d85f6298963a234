import { apiModel } from "../deployment/api-model";
import {
  type ComputedAttributes,
  inert,
  nameOf,
  type ResourceType,
  refused,
  served,
  uniqueSuffix,
} from "../deployment/resource-type";
import { formatArn, type Place } from "../kernel/arn";
import { ALPHANUMERIC, seededId, UPPERCASE } from "../kernel/ids";
import { managedPolicyArn, managedPolicyDocument } from "./managed-policies";
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

const user: ComputedAttributes = (own, place) => {
  const name = own.string("name");
  const path = own.optionalString("path") ?? "/";
  const unique_id = `AIDA${seededId(own.seed("unique id"), 17, UPPERCASE)}`;
  return { arn: iamArn(place, `user${path}${name}`), id: name, path, unique_id };
};

const group: ComputedAttributes = (own, place) => {
  const name = own.string("name");
  const path = own.optionalString("path") ?? "/";
  const unique_id = `AGPA${seededId(own.seed("unique id"), 17, UPPERCASE)}`;
  return { arn: iamArn(place, `group${path}${name}`), id: name, path, unique_id };
};

const accessKey: ComputedAttributes = (own) => ({
  id: `AKIA${seededId(own.seed("id"), 16, UPPERCASE)}`,
  secret: seededId(own.seed("secret"), 40, ALPHANUMERIC),
  status: "Active",
});

const instanceProfile: ComputedAttributes = (own, place) => {
  const name = nameOf(own);
  const path = own.optionalString("path") ?? "/";
  return { arn: iamArn(place, `instance-profile${path}${name}`), id: name, name, path };
};

/** A policy that another stack or AWS itself has, looked up by its ARN or its name. */
const foreignPolicy: ComputedAttributes = (own, { find }) => {
  const name = own.optionalString("name");
  const here = name === undefined ? undefined : find("aws_iam_policy", "name", name)?.string("arn");
  const arn = own.optionalString("arn") ?? here ?? managedPolicyArn(name ?? "");
  if (arn === undefined)
    return own.fail(
      name === undefined ? "arn" : "name",
      "the name of an AWS managed policy, or of an aws_iam_policy that the data source depends on",
    );
  const policy = managedPolicyDocument(arn) ?? find("aws_iam_policy", "arn", arn)?.string("policy");
  const [, path = "/", last = ""] = /:policy(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? [];
  return { id: arn, arn, name: last, path, ...(policy === undefined ? {} : { policy }) };
};

const USERS = "any access key is the account's administrator here, whatever its user may do on AWS";
const FEDERATION = "nobody takes on a role from outside here";
const ACCOUNT = "a setting of the account's people, not of its APIs";

const takes = apiModel(__dirname);

export const iamResourceTypes: readonly ResourceType[] = [
  served("aws_iam_role", {
    inputs: takes(["CreateRole"], { name: "RoleName", assume_role_policy: "AssumeRolePolicyDocument" }),
    providerOnly: ["create_date", "unique_id"],
    computed: role,
    inert: {
      description: "a note for people",
      path: "part of the ARN",
      name_prefix: "part of the name",
      max_session_duration: "sessions do not end here",
      force_detach_policies: "what Terraform does when it destroys the role",
      "inline_policy.name": "a name for people",
    },
  }),
  served("aws_iam_policy", {
    inputs: takes(["CreatePolicy"], { name: "PolicyName", policy: "PolicyDocument" }),
    providerOnly: ["attachment_count", "policy_id"],
    computed: policy,
    inert: {
      description: "a note for people",
      name: "part of the ARN",
      name_prefix: "part of the name",
      path: "part of the ARN",
    },
  }),
  served("aws_iam_role_policy", {
    inputs: takes(["PutRolePolicy"], { name: "PolicyName", policy: "PolicyDocument", role: "RoleName" }),
    computed: rolePolicy,
    inert: { name: "a name for people", name_prefix: "a name for people" },
  }),
  served("aws_iam_role_policy_attachment", {
    inputs: takes(["AttachRolePolicy"], { role: "RoleName" }),
    computed: rolePolicyAttachment,
  }),
  served("aws_iam_policy_attachment", {
    computed: (own) => ({ id: own.string("name") }),
    inert: {
      name: "a name for people",
      users: USERS,
      groups: USERS,
    },
  }),
  refused(
    "aws_iam_role_policies_exclusive",
    "it takes every other inline policy off the role, which the local runtime would leave there",
  ),
  refused(
    "aws_iam_role_policy_attachments_exclusive",
    "it takes every other policy off the role, which the local runtime would leave there",
  ),
  inert("aws_iam_user", USERS, { computed: user, named: true }),
  inert("aws_iam_group", USERS, { computed: group, named: true }),
  inert("aws_iam_access_key", USERS, { computed: accessKey }),
  ...[
    "aws_iam_user_policy",
    "aws_iam_user_policy_attachment",
    "aws_iam_user_group_membership",
    "aws_iam_group_policy",
    "aws_iam_group_policy_attachment",
    "aws_iam_group_membership",
    "aws_iam_user_login_profile",
  ].map((type) => inert(type, USERS)),
  inert("aws_iam_instance_profile", "no machine takes on a role here", { computed: instanceProfile }),
  ...["aws_iam_openid_connect_provider", "aws_iam_saml_provider"].map((type) =>
    inert(type, FEDERATION, { named: true }),
  ),
  inert("aws_iam_service_linked_role", "AWS services act here without a role of their own"),
  ...["aws_iam_account_alias", "aws_iam_account_password_policy"].map((type) => inert(type, ACCOUNT)),
  inert("data.aws_iam_policy_document", "a policy's text, which other resources refer to", {
    computed: policyDocument,
  }),
  inert("data.aws_iam_policy", "a policy's ARN and text, which other resources refer to", {
    computed: foreignPolicy,
  }),
  refused("data.aws_iam_role", "its policies are elsewhere, and the local runtime does not know them"),
];

import { type ComputedAttributes, nameOf, token, UPPERCASE, uniqueSuffix } from "./context";
import { policyDocument } from "./policy-document";

const role: ComputedAttributes = (own, { accountId }) => {
  const name = nameOf(own);
  const path = own.optionalString("path") ?? "/";
  return {
    arn: `arn:aws:iam::${accountId}:role${path}${name}`,
    id: name,
    name,
    path,
    max_session_duration: 3600,
    unique_id: `AROA${token(own, "unique id", 17, UPPERCASE)}`,
  };
};

const policy: ComputedAttributes = (own, { accountId }) => {
  const name = nameOf(own);
  const path = own.optionalString("path") ?? "/";
  const arn = `arn:aws:iam::${accountId}:policy${path}${name}`;
  return { arn, id: arn, name, path, policy_id: `ANPA${token(own, "policy id", 17, UPPERCASE)}` };
};

const rolePolicy: ComputedAttributes = (own) => {
  const name = nameOf(own);
  return { id: `${own.string("role")}:${name}`, name };
};

const rolePolicyAttachment: ComputedAttributes = (own) => ({
  id: `${own.string("role")}-${uniqueSuffix(own, "attachment")}`,
});

export const iamAttributes: Readonly<Record<string, ComputedAttributes>> = {
  aws_iam_role: role,
  aws_iam_policy: policy,
  aws_iam_role_policy: rolePolicy,
  aws_iam_role_policy_attachment: rolePolicyAttachment,
  aws_iam_policy_document: policyDocument,
};

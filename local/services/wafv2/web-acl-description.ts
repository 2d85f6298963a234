import type { Attributes } from "../../deployment/attributes";
import type { Resource } from "../../deployment/deployment";
import type { Members } from "../../kernel/input";
import { toApiShape } from "./api-shape";

const described = ["default_action", "rule", "visibility_config", "data_protection_config", "captcha_config"];
const alsoDescribed = ["challenge_config", "association_config", "token_domains", "description"];

/** A web ACL as `GetWebACL` answers it. */
export function describeWebAcl(resource: Resource, accountId: string): Members {
  const name = resource.string("name");
  const bodies = resource
    .blocks("custom_response_body")
    .map((body) => [
      body.string("key"),
      { ContentType: body.string("content_type"), Content: body.string("content") },
    ]);
  const settings = [...described, ...alsoDescribed].map((key) => [key, resource.values[key] ?? null]);
  return {
    Rules: [],
    ...toApiShape(Object.fromEntries(settings)),
    ...identity(resource),
    LabelNamespace: `awswaf:${accountId}:webacl:${name}:`,
    ManagedByFirewallManager: false,
    ...(bodies.length > 0 && { CustomResponseBodies: Object.fromEntries(bodies) }),
    ...(resource.has("capacity") && { Capacity: resource.number("capacity") }),
  };
}

/** An IP set as `GetIPSet` answers it. */
export function describeIpSet(resource: Resource): Members {
  return {
    ...identity(resource),
    Description: resource.optionalString("description") ?? "",
    IPAddressVersion: resource.string("ip_address_version"),
    Addresses: resource.strings("addresses"),
  };
}

/** A web ACL or IP set as lists show it. */
export function summarize(resource: Resource): Members {
  return {
    ...identity(resource),
    Description: resource.optionalString("description") ?? "",
    ...lockToken(resource),
  };
}

/** The token that goes with a description, where the deployment has one. */
export function lockToken(resource: Attributes): Members {
  const token = resource.optionalString("lock_token");
  return token === undefined ? {} : { LockToken: token };
}

function identity(resource: Resource): Members {
  return { Name: resource.string("name"), Id: resource.string("id"), ARN: resource.string("arn") };
}

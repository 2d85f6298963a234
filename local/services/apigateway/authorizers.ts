import { type Attributes, DeploymentError } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import { wholeMatch } from "./integrations";

export interface CognitoAuthorizer {
  readonly id: string;
  readonly name: string;
  readonly attributes: Attributes;
  /** The header that carries the token: `Authorization`. */
  readonly header: string;
  readonly userPoolArns: readonly string[];
  /** What the whole `aud` claim has to match. */
  readonly audience: ((text: string) => boolean) | undefined;
}

/** Reads an API's authorizers: those of the type COGNITO_USER_POOLS, any other is refused. */
export function readAuthorizers(deployment: Deployment, apiId: string): CognitoAuthorizer[] {
  return deployment
    .ofType("aws_api_gateway_authorizer")
    .filter((authorizer) => authorizer.string("rest_api_id") === apiId)
    .map(readAuthorizer);
}

function readAuthorizer(authorizer: Attributes): CognitoAuthorizer {
  const type = authorizer.optionalString("type") ?? "TOKEN";
  if (type !== "COGNITO_USER_POOLS") {
    throw new DeploymentError(
      `${authorizer.address}: authorizer type ${type} is not supported locally; use COGNITO_USER_POOLS`,
    );
  }
  const source = authorizer.optionalString("identity_source") ?? "method.request.header.Authorization";
  const header = /^method\.request\.header\.([^,\s]+)$/.exec(source)?.[1];
  if (header === undefined) return authorizer.fail("identity_source", "method.request.header.<name>");
  authorizer.number("authorizer_result_ttl_in_seconds", 300, { min: 0, max: 3600 });
  const userPoolArns = authorizer.strings("provider_arns");
  if (userPoolArns.length === 0) authorizer.fail("provider_arns", "ARNs of user pools");
  const expression = authorizer.optionalString("identity_validation_expression");
  return {
    id: authorizer.string("id"),
    name: authorizer.string("name"),
    attributes: authorizer,
    header,
    userPoolArns,
    audience:
      expression === undefined
        ? undefined
        : wholeMatch(authorizer, "identity_validation_expression", expression),
  };
}

import type { Attributes } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import { assumedRole, functionArnOf } from "./integrations";
import { wholeMatch } from "./mapping";

/** Who decides whether a request may go on: user pools by their tokens, or a function. */
export type Authorizer = CognitoAuthorizer | LambdaAuthorizer;

interface AnyAuthorizer {
  readonly id: string;
  readonly name: string;
  readonly attributes: Attributes;
  /** The header that carries the credentials: `Authorization`; `undefined` where it is not one header alone. */
  readonly header: string | undefined;
  /** Empty for a function. */
  readonly userPoolArns: readonly string[];
}

export interface CognitoAuthorizer extends AnyAuthorizer {
  readonly type: "COGNITO_USER_POOLS";
  readonly header: string;
  /** What the whole `aud` claim has to match. */
  readonly audience: ((text: string) => boolean) | undefined;
}

export interface LambdaAuthorizer extends AnyAuthorizer {
  readonly type: "TOKEN" | "REQUEST";
  readonly functionArn: string;
  /** The role with which API Gateway invokes the function; `undefined`: the function's own policy allows it. */
  readonly roleArn: string | undefined;
  /** `method.request.header.X`, `method.request.querystring.x`, `stageVariables.x`, `context.x`. */
  readonly identitySources: readonly string[];
  /** What the whole token has to match. */
  readonly expression: ((text: string) => boolean) | undefined;
  /** How long an answer holds; 0: it is not kept. */
  readonly ttlMs: number;
}

const HEADER = /^method\.request\.header\.([^,\s]+)$/;

/** Developer Guide, "Configure an API Gateway Lambda authorizer": header, query string, stage variable and context. */
const SOURCE =
  /^(?:method\.request\.(?:header|querystring)\.[^,\s]+|stageVariables\.\w+|context\.[\w-]+(?:\.[\w-]+)*)$/;

/** Reads an API's authorizers. */
export function readAuthorizers(deployment: Deployment, apiId: string): Authorizer[] {
  const authorizers = deployment
    .ofType("aws_api_gateway_authorizer")
    .filter((authorizer) => authorizer.string("rest_api_id") === apiId);
  const names = authorizers.map((authorizer) => authorizer.string("name"));
  const twin = authorizers.find((_authorizer, index) => names.indexOf(names[index] ?? "") < index);
  // In AWS's words (aws/aws-cdk#13711).
  twin?.refuse(
    "name",
    `Authorizer name must be unique. Authorizer ${twin.string("name")} already exists in this RestApi.`,
  );
  return authorizers.map((authorizer) => readAuthorizer(authorizer, deployment));
}

function readAuthorizer(authorizer: Attributes, deployment: Deployment): Authorizer {
  const type = authorizer.optionalString("type", { oneOf: ["TOKEN", "REQUEST", "COGNITO_USER_POOLS"] });
  const [id, name] = [authorizer.string("id"), authorizer.string("name")];
  const base = { id, name, attributes: authorizer };
  const ttlMs = authorizer.number("authorizer_result_ttl_in_seconds", 300, { min: 0, max: 3600 }) * 1000;
  const userPoolArns = authorizer.strings("provider_arns");
  if (type === "COGNITO_USER_POOLS") return { ...base, type, ...readCognito(authorizer, userPoolArns) };
  const lambda = readLambda(authorizer, type, ttlMs, deployment);
  return { ...base, type: type === "REQUEST" ? type : "TOKEN", ...lambda };
}

function readCognito(authorizer: Attributes, userPoolArns: readonly string[]) {
  if (userPoolArns.length === 0) authorizer.fail("provider_arns", "ARNs of user pools");
  return { header: readHeader(authorizer), userPoolArns, audience: readExpression(authorizer) };
}

function readHeader(authorizer: Attributes): string {
  const source = authorizer.optionalString("identity_source") ?? "method.request.header.Authorization";
  return HEADER.exec(source)?.[1] ?? authorizer.fail("identity_source", "method.request.header.<name>");
}

function readExpression(authorizer: Attributes): ((text: string) => boolean) | undefined {
  const expression = authorizer.optionalString("identity_validation_expression");
  return expression === undefined
    ? undefined
    : wholeMatch(authorizer, "identity_validation_expression", expression);
}

function readLambda(authorizer: Attributes, type: string | undefined, ttlMs: number, deployment: Deployment) {
  const isToken = type !== "REQUEST";
  const header = isToken ? readHeader(authorizer) : undefined;
  const identitySources = isToken ? [`method.request.header.${header}`] : readSources(authorizer, ttlMs);
  const expression = readExpression(authorizer);
  return {
    functionArn: functionArnOf(authorizer, "authorizer_uri"),
    roleArn: assumedRole(authorizer, "authorizer_credentials", deployment),
    header: identitySources.length === 1 ? HEADER.exec(identitySources[0] ?? "")?.[1] : undefined,
    userPoolArns: [],
    identitySources,
    // "The validation expression does not apply to the REQUEST authorizer" (API reference, `Authorizer`).
    expression: isToken ? expression : undefined,
    ttlMs,
  };
}

/** The provider's default is the header `Authorization`; an empty text stands for no source at all. */
function readSources(authorizer: Attributes, ttlMs: number): string[] {
  const given = authorizer.value("identity_source");
  const text =
    given === ""
      ? ""
      : (authorizer.optionalString("identity_source") ?? "method.request.header.Authorization");
  const sources = text.split(",").map((source) => source.trim());
  if (text === "") {
    // API reference, `Authorizer`: "this is required when authorization caching is enabled".
    if (ttlMs > 0)
      authorizer.refuse("identity_source", "it is required while authorizer_result_ttl_in_seconds is not 0");
    return [];
  }
  if (sources.some((source) => !SOURCE.test(source))) {
    authorizer.fail(
      "identity_source",
      "a list, with commas in between, of method.request.header.<name>, method.request.querystring.<name>, " +
        "stageVariables.<name> and context.<name>",
    );
  }
  return sources;
}

import { methodsOf, type RestApi } from "./rest-api";

/**
 * What the edge does otherwise than AWS, or cannot know of AWS, a line each: for the start.
 */
export function edgeWarnings(apis: readonly RestApi[]): string[] {
  return apis.flatMap((api) => [
    ...withoutStage(api),
    ...edgeOptimized(api),
    ...formats(api),
    ...partialSettings(api),
    ...idleSettings(api),
    ...ignoredSchemes(api),
    ...ignoredParameters(api),
    ...otherHosts(api),
  ]);
}

function withoutStage({ attributes, stages }: RestApi): string[] {
  if (stages.length > 0) return [];
  return [`${attributes.address}: the API has no stage, so nobody can call it; add an aws_api_gateway_stage`];
}

/** `EDGE` is the provider's default. */
function edgeOptimized({ attributes }: RestApi): string[] {
  const types = attributes.block("endpoint_configuration")?.strings("types") ?? ["EDGE"];
  if (types.includes("REGIONAL")) return [];
  return [
    `${attributes.address}: on AWS CloudFront is in front of an EDGE API and adds headers; here it is not`,
  ];
}

/** "The securitySchemes type, if used, must be apiKey" (Developer Guide, "important notes"). */
function ignoredSchemes({ attributes, ignoredSchemes: names }: RestApi): string[] {
  if (names.length === 0) return [];
  return [
    `${attributes.address}: the security scheme ${names.join(", ")} of its body keeps nobody out, here as on AWS: it has no ` +
      "x-amazon-apigateway-authorizer, and is not an API key in x-api-key",
  ];
}

/** Which formats AWS checks is not published: json-schema-validator, its library, knows date-time, email, ipv4 and others. */
function formats({ attributes, models }: RestApi): string[] {
  return models.withFormats.map(
    (name) =>
      `${attributes.address}: model ${name}: format is not checked here; which formats AWS checks is not published`,
  );
}

/**
 * A method's own settings without a throttle. The API reference is silent on whether they inherit the stage's; Terraform's
 * default of -1 "disables throttling" by the provider's documentation. Here they inherit.
 */
function partialSettings({ stages }: RestApi): string[] {
  return stages.flatMap(({ settings }) => {
    const all = settings.find(({ methodPath }) => methodPath === "*/*");
    if (all?.rate === undefined && all?.burst === undefined) return [];
    return settings
      .filter((own) => own !== all && own.rate === undefined && own.burst === undefined)
      .map(
        ({ attributes, methodPath }) =>
          `${attributes.address}: ${methodPath} has no throttle of its own and inherits the stage's here; the evidence on AWS ` +
          "conflicts, so set throttling_rate_limit and throttling_burst_limit",
      );
  });
}

/**
 * Settings for a path and a method that the API does not have: its limits limit nothing, which nobody notices. Mostly the path is the
 * last part alone (hashicorp/terraform-provider-aws#9738 and #5427).
 */
function idleSettings({ resources, stages }: RestApi): string[] {
  const known = new Set([
    "*/*",
    ...resources.flatMap(({ path, methods }) =>
      [...methods.keys()].map((method) => `${path}/${method}`.replace(/^\/+/, "")),
    ),
  ]);
  return stages.flatMap(({ settings }) =>
    settings
      .filter(({ methodPath }) => !known.has(methodPath))
      .map(
        ({ attributes, methodPath }) =>
          `${attributes.address}: ${methodPath} is not a method of the API, so these settings hold for nothing; method_path is the whole ` +
          "path without its first slash, and the method",
      ),
  );
}

/** The event has the whole request as it came. */
function ignoredParameters(api: RestApi): string[] {
  return methodsOf(api).flatMap(({ integration: { type, attributes } }) =>
    type === "AWS_PROXY" && Object.keys(attributes.stringMap("request_parameters")).length > 0
      ? [
          `${attributes.address}: request_parameters change nothing for an AWS_PROXY integration, here as on AWS`,
        ]
      : [],
  );
}

/** On AWS these are reached from its data centres, here from this machine: whoever tries the API tries them too. */
function otherHosts(api: RestApi): string[] {
  const urls = methodsOf(api).flatMap(({ integration }) =>
    integration.type === "HTTP" || integration.type === "HTTP_PROXY" ? [integration.backend.url] : [],
  );
  const origins = [...new Set(urls.map((url) => /^https?:\/\/[^/?#]*/i.exec(url)?.[0] ?? url))];
  if (origins.length === 0) return [];
  return [`${api.attributes.address}: requests are passed on to ${origins.join(", ")}, from this machine`];
}

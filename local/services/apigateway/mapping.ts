import { type Attributes, DeploymentError } from "../../deployment/attributes";
import { compileLinear } from "../../kernel/linear-pattern";
import { MappingTemplate } from "./templates/mapping-template";

/** How an integration that is not a proxy turns a request into its payload, and what comes of that into an answer. */
export interface Mapping {
  /** Content type, or `$default`, → template. */
  readonly requestTemplates: ReadonlyMap<string, MappingTemplate>;
  /** Whether a body that no template takes is passed on: always, where there is no template at all, or never. */
  readonly passthrough: "WHEN_NO_MATCH" | "WHEN_NO_TEMPLATES" | "NEVER";
  /** Whether a body of a binary media type is converted to text before the template is applied. */
  readonly convertsToText: boolean;
  /** By status. */
  readonly answers: readonly MappedAnswer[];
}

export interface MappedAnswer {
  readonly status: number;
  /** Whether it answers for the mock's status code, or the function's error; `undefined` for the default answer. */
  readonly selects: ((text: string) => boolean) | undefined;
  /** Name → where its value comes from: `'constant'`, `integration.response.body.id`, `context.requestId`. */
  readonly headers: readonly (readonly [name: string, expression: string])[];
  /** Content type → template. */
  readonly templates: ReadonlyMap<string, MappingTemplate>;
}

/** Reads how requests and answers are mapped, from the integration and its responses. */
export function readMapping(integration: Attributes, responses: readonly Attributes[]): Mapping {
  const passthrough = integration.optionalString("passthrough_behavior");
  return {
    requestTemplates: readTemplates(integration, "request_templates"),
    passthrough:
      passthrough === "NEVER" || passthrough === "WHEN_NO_TEMPLATES" ? passthrough : "WHEN_NO_MATCH",
    convertsToText: readContentHandling(integration),
    answers: responses.map(readAnswer).sort((one, other) => one.status - other.status),
  };
}

function readAnswer(response: Attributes): MappedAnswer {
  readContentHandling(response);
  const pattern = response.optionalString("selection_pattern");
  return {
    status: response.number("status_code"),
    selects: pattern === undefined ? undefined : wholeMatch(response, "selection_pattern", pattern),
    headers: Object.entries(response.stringMap("response_parameters")).map(([target, value]) =>
      readHeader(response, target, value),
    ),
    templates: readTemplates(response, "response_templates"),
  };
}

export function readContentHandling(attributes: Attributes): boolean {
  const handling = attributes.optionalString("content_handling");
  if (handling === undefined || handling === "CONVERT_TO_TEXT") return handling !== undefined;
  return attributes.fail(
    "content_handling",
    "CONVERT_TO_TEXT, or unset: payloads of mocks and functions are text",
  );
}

/** Developer Guide, "API Gateway API request and response data mapping reference". */
const SOURCE =
  /^(?:'.*'|integration\.response\.(?:header\..+|multivalueheader\..+|body(?:\..+)?)|context\..+|stageVariables\..+)$/s;

function readHeader(response: Attributes, target: string, value: string): readonly [string, string] {
  const name = /^method\.response\.header\.(.+)$/.exec(target)?.[1];
  if (name !== undefined && SOURCE.test(value)) return [name, value];
  throw new DeploymentError(
    `${response.address}: response_parameters must map method.response.header.<name> to 'constant', integration.response.*, ` +
      `context.* or stageVariables.*, received ${target} = ${value}`,
  );
}

/** A function reads only one header among the parameters of a call: its invocation type. */
export function readRequestParameters(integration: Attributes): ReadonlyMap<string, string> {
  const parameters = Object.entries(integration.stringMap("request_parameters"));
  for (const [target, source] of parameters) {
    const isKnown =
      /^integration\.request\.(?:header|querystring|path)\../.test(target) &&
      /^(?:'.*'|method\.request\.(?:header|querystring|path|multivalueheader|multivaluequerystring|body)\b.*|context\..+|stageVariables\..+)$/s.test(
        source,
      );
    if (!isKnown)
      integration.fail(
        "request_parameters",
        "a map from integration.request.* to 'constant', method.request.* and others",
      );
  }
  return new Map(parameters);
}

function readTemplates(attributes: Attributes, key: string): ReadonlyMap<string, MappingTemplate> {
  return new Map(
    Object.entries(attributes.stringMap(key)).map(([contentType, text]) => [
      contentType.toLowerCase(),
      new MappingTemplate(text, attributes, `${key} for ${contentType}`),
    ]),
  );
}

/** A regular expression that, as in Java's `matches`, has to match the whole text. */
export function wholeMatch(
  attributes: Attributes,
  key: string,
  expression: string,
): (text: string) => boolean {
  try {
    return compileLinear(expression, { dotAll: true }).matchesWhole;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return attributes.fail(key, `a regular expression that an engine of linear time can run (${reason})`);
  }
}

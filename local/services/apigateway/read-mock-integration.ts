import { type Attributes, DeploymentError } from "../../deployment/attributes";
import type { MockAnswer, MockIntegration } from "./rest-api";
import { refuseUnsupported } from "./unsupported";

type Base = Pick<MockIntegration, "attributes" | "timeoutMs" | "responses">;

/** Reads a mock integration. Its templates are constant text: mapping templates in VTL are not evaluated locally. */
export function readMockIntegration(base: Base): MockIntegration {
  const templates = constantTemplates(base.attributes, "request_templates");
  return {
    ...base,
    type: "MOCK",
    requestTemplates: templates,
    passthroughNever: base.attributes.optionalString("passthrough_behavior") === "NEVER",
    answers: base.responses.map(readAnswer),
  };
}

function readAnswer(response: Attributes): MockAnswer {
  refuseUnsupported(response, ["content_handling"]);
  const pattern = response.optionalString("selection_pattern");
  return {
    status: response.number("status_code"),
    selection: pattern === undefined ? undefined : wholeMatch(response, "selection_pattern", pattern),
    headers: Object.entries(response.stringMap("response_parameters")).map(([target, value]) =>
      readHeader(response, target, value),
    ),
    templates: constantTemplates(response, "response_templates"),
  };
}

/** A regular expression that, as in Java's `matches`, has to match the whole text. */
export function wholeMatch(attributes: Attributes, key: string, expression: string): RegExp {
  try {
    return new RegExp(`^(?:${expression})$`, "s");
  } catch {
    return attributes.fail(key, "a regular expression");
  }
}

function readHeader(response: Attributes, target: string, value: string): readonly [string, string] {
  const name = /^method\.response\.header\.(.+)$/.exec(target)?.[1];
  const constant = /^'(.*)'$/s.exec(value)?.[1];
  if (name === undefined || constant === undefined) {
    throw new DeploymentError(
      `${response.address}: response_parameters must map method.response.header.<name> to a constant in single quotes, ` +
        `received ${target} = ${value}`,
    );
  }
  return [name, constant];
}

function constantTemplates(attributes: Attributes, key: string): ReadonlyMap<string, string> {
  const templates = Object.entries(attributes.stringMap(key));
  for (const [contentType, template] of templates) {
    if (/#(?:set|if|foreach|else|end|\*|#)|\$[!{a-zA-Z]/.test(template)) {
      throw new DeploymentError(
        `${attributes.address}: ${key} for ${contentType} uses VTL, which is not evaluated locally, received ` +
          `${JSON.stringify(template)}; use constant text`,
      );
    }
  }
  return new Map(templates.map(([contentType, template]) => [contentType.toLowerCase(), template]));
}

/**
 * What a request's body must be: `{"name": "Ada"}`. The pattern has no character class shorthand that JSON Schema and
 * Java, in which API Gateway evaluates it, understand differently.
 */
export const nameModel = {
  $schema: "http://json-schema.org/draft-04/schema#",
  title: "Name",
  type: "object",
  additionalProperties: false,
  required: ["name"],
  properties: {
    name: { type: "string", minLength: 1, maxLength: 256, pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]*$" },
  },
} as const;

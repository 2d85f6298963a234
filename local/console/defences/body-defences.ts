import type { EditableDeployment } from "../editable-deployment";
import { addressesOf, type Defence } from "./defence";

const LAYER = "Request validation, then the function";

export const VALIDATOR: Defence = {
  id: "validator",
  layer: LAYER,
  setting: "aws_api_gateway_method.request_validator_id",
  addresses: (deployment) =>
    addressesOf(deployment, "aws_api_gateway_method", (values) => Boolean(values.request_validator_id)),
  takeOut(copy) {
    for (const method of copy.ofType("aws_api_gateway_method")) method.unset("request_validator_id");
  },
};

function changeModels(copy: EditableDeployment, change: (schema: string) => string): void {
  for (const model of copy.ofType("aws_api_gateway_model"))
    model.set("schema", change(String(model.value("schema") ?? "{}")));
}

const withModels =
  (part: string): Defence["addresses"] =>
  (deployment) =>
    addressesOf(deployment, "aws_api_gateway_model", ({ schema }) => String(schema).includes(part));

export const ADDITIONAL_PROPERTIES: Defence = {
  id: "additional-properties",
  layer: LAYER,
  setting: "aws_api_gateway_model.schema: additionalProperties",
  addresses: withModels('"additionalProperties":false'),
  takeOut: (copy) =>
    changeModels(copy, (schema) =>
      schema.replaceAll('"additionalProperties":false', '"additionalProperties":true'),
    ),
};

export const MAX_LENGTH: Defence = {
  id: "max-length",
  layer: LAYER,
  setting: "aws_api_gateway_model.schema: maxLength",
  addresses: withModels('"maxLength"'),
  takeOut: (copy) => changeModels(copy, (schema) => schema.replace(/,"maxLength":\d+/g, "")),
};

export const PATTERN: Defence = {
  id: "pattern",
  layer: LAYER,
  setting: "aws_api_gateway_model.schema: pattern",
  addresses: withModels('"pattern"'),
  takeOut: (copy) => changeModels(copy, (schema) => schema.replace(/,"pattern":"(?:[^"\\]|\\.)*"/g, "")),
};

import type { Value } from "../attributes";
import { collectionFunctions } from "./collection-functions";
import { encodingFunctions } from "./encoding-functions";
import { fileFunctions } from "./file-functions";
import { networkFunctions } from "./network-functions";
import { numberFunctions } from "./number-functions";
import { setFunctions } from "./set-functions";
import type { TerraformFunction } from "./terraform-function";
import { textFunctions } from "./text-functions";
import { timeFunctions } from "./time-functions";
import { ExpressionFailure } from "./values";

const functions: ReadonlyMap<string, TerraformFunction> = new Map(
  Object.entries({
    ...encodingFunctions,
    ...textFunctions,
    ...numberFunctions,
    ...collectionFunctions,
    ...setFunctions,
    ...timeFunctions,
    ...networkFunctions,
    ...fileFunctions,
  }),
);

/** The functions of Terraform's language that the runtime has, except those that the evaluator itself does. */
export const functionNames: readonly string[] = [...functions.keys()];

/**
 * @param folder from which Terraform runs: relative paths start there
 * @throws ExpressionFailure for a function that the runtime does not have, and for arguments that do not fit it
 */
export function callFunction(name: string, values: readonly Value[], folder: string): Value {
  const found = functions.get(name);
  if (found === undefined) throw new ExpressionFailure(`the function ${name}() is not supported`);
  if (values.length < found.least || values.length > found.most)
    throw new ExpressionFailure(`${name}: called with ${values.length} arguments`);
  try {
    return found.call(values, folder);
  } catch (error) {
    if (error instanceof ExpressionFailure && !error.message.startsWith(`${name}: `))
      throw new ExpressionFailure(`${name}: ${error.message}`);
    throw error;
  }
}

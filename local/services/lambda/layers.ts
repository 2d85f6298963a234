import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { codeFiles, type FunctionCode, functionCode, MOST_UNZIPPED_BYTES } from "./function-code";
import type { FunctionDirectory } from "./function-directory";

/** A version of a layer that a function has. */
export interface Layer {
  readonly arn: string;
  readonly code: FunctionCode;
}

/** By ARN. Code is looked for when a function has the layer: one that nobody uses harms nobody. */
export type Layers = ReadonlyMap<string, () => FunctionCode>;

/** Reads `aws_lambda_layer_version`. */
export function readLayers(deployment: Deployment): Layers {
  return new Map(
    deployment.ofType("aws_lambda_layer_version").map((resource) => {
      resource.string("layer_name");
      for (const key of ["filename", "s3_bucket", "s3_key", "s3_object_version"])
        resource.optionalString(key);
      return [resource.string("arn"), () => functionCode(deployment, resource)] as const;
    }),
  );
}

/**
 * The layers of a function, in the order in which Lambda unpacks them. The messages are those of localstack's recordings,
 * `test_function_exceptions`.
 *
 * @param own the code of the function itself
 * @throws DeploymentError for what AWS refuses, and for a layer that is not in the deployment
 */
export function layersOf(fn: Resource, layers: Layers, own: FunctionCode): Layer[] {
  const arns = fn.strings("layers");
  if (arns.length === 0) return [];
  if (arns.length > 5) fn.refuse("layers", "Cannot reference more than 5 layers.");
  for (const [index, arn] of arns.entries()) {
    const other = arns.slice(0, index).find((earlier) => layerOf(earlier) === layerOf(arn));
    if (other !== undefined)
      fn.refuse(
        "layers",
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
      );
  }
  const found = arns.map((arn) => ({ arn, code: (layers.get(arn) ?? (() => unknown(fn, arn)))() }));
  // https://github.com/brefphp/bref/issues/1915
  const bytes = [own, ...found.map(({ code }) => code)]
    .flatMap(codeFiles)
    .reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > MOST_UNZIPPED_BYTES)
    fn.refuse(
      "layers",
      `Function code combined with layers exceeds the maximum allowed size of ${MOST_UNZIPPED_BYTES} bytes. The actual size is ${bytes} bytes.`,
    );
  return found;
}

const layerOf = (versionArn: string) => versionArn.slice(0, versionArn.lastIndexOf(":"));

function unknown(fn: Resource, arn: string): never {
  throw new DeploymentError(
    `${fn.location}: layers has ${arn}, which is not a layer version of the deployment; get its archive with \`aws lambda get-layer-version-by-arn --arn ${arn}\` and declare it as an aws_lambda_layer_version, or take it out of what is served`,
  );
}

/** Extensions are processes of their own that Lambda starts from `/opt/extensions` (Lambda Developer Guide, "Lambda Extensions API"). */
export function layerWarnings({ functions }: FunctionDirectory): string[] {
  const hasExtensions = ({ code }: Layer) =>
    codeFiles(code).some(({ file }) => file.startsWith("extensions/"));
  return functions.flatMap(({ name, layers }) =>
    layers
      .filter(hasExtensions)
      .map(({ arn }) => `function ${name}: the extensions in its layer ${arn} do not run here`),
  );
}

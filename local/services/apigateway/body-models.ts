import Ajv, { type ErrorObject, type ValidateFunction } from "ajv-draft-04";
import type { Attributes } from "../../deployment/attributes";
import { compileLinear } from "../../kernel/linear-pattern";
import { shown } from "../../kernel/trace";
import { describeViolations } from "./violations";

/** Why a body is refused. */
export interface BodyProblem {
  /** Worded for `$context.error.validationErrorString`, with values of the body. */
  readonly text: string;
  /** Where it breaks which rule, without a value. */
  readonly violations: readonly string[];
}

/** The models that API Gateway creates with every API (`GetModels` lists them). */
const BUILT_IN = {
  Empty: { $schema: "http://json-schema.org/draft-04/schema#", title: "Empty Schema", type: "object" },
  Error: {
    $schema: "http://json-schema.org/draft-04/schema#",
    title: "Error Schema",
    type: "object",
    properties: { message: { type: "string" } },
  },
};

export interface BodyModel {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly contentType: string;
  /** JSON text. */
  readonly schema: string;
}

/** An API's models, JSON schemas of draft 4. They refer to each other by `https://apigateway.amazonaws.com/restapis/…`. */
export class BodyModels {
  readonly all: readonly BodyModel[];
  private readonly validators: ReadonlyMap<string, ValidateFunction>;

  constructor(apiId: string, models: readonly Attributes[]) {
    const own = models.map(readModel);
    const builtIn = Object.entries(BUILT_IN)
      .filter(([name]) => !own.some((model) => model.name === name))
      .map(([name, schema]) => ({
        id: name.toLowerCase(),
        name,
        description: `This is a default ${name.toLowerCase()} schema model`,
        contentType: "application/json",
        schema: JSON.stringify(schema, null, 2),
      }));
    this.all = [...builtIn, ...own];
    this.validators = compile(apiId, this.all, models);
  }

  get names(): ReadonlySet<string> {
    return new Set(this.validators.keys());
  }

  /** Checks a body against a model. A body that is empty, not UTF-8 or not JSON fits none. */
  check(modelName: string, body: Buffer): BodyProblem | undefined {
    const validate = this.validators.get(modelName);
    if (validate === undefined) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    } catch {
      return { text: "[Unable to parse the body as JSON]", violations: ["not JSON"] };
    }
    try {
      if (validate(value)) return undefined;
      const errors = validate.errors ?? [];
      return {
        text: describeViolations(errors, value),
        violations: errors.slice(0, MOST_VIOLATIONS).map(whereAndWhy),
      };
    } catch (error) {
      // A body that is nested deeply enough exhausts the stack of a recursive schema's check: then it does not fit.
      if (error instanceof RangeError)
        return { text: "[The body is nested too deeply]", violations: ["nested too deeply"] };
      throw error;
    }
  }
}

/** How many violations a trace keeps of one body. */
const MOST_VIOLATIONS = 20;

/** `/name: must NOT have more than 8 characters`. Ajv's messages repeat the schema, never the body. */
function whereAndWhy({ instancePath, message = "" }: ErrorObject): string {
  return `${shown(instancePath, 100) || "/"}: ${shown(message, 200)}`;
}

function readModel(model: Attributes): BodyModel {
  return {
    id: model.optionalString("id") ?? model.string("name"),
    name: model.string("name"),
    description: model.optionalString("description"),
    contentType: model.string("content_type"),
    schema: model.optionalString("schema") ?? "{}",
  };
}

function compile(
  apiId: string,
  models: readonly BodyModel[],
  sources: readonly Attributes[],
): ReadonlyMap<string, ValidateFunction> {
  const uri = (name: string) => `https://apigateway.amazonaws.com/restapis/${apiId}/models/${name}`;
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    validateFormats: false,
    code: { regExp: Object.assign((pattern: string) => compileLinear(pattern), { code: "compileLinear" }) },
    logger: false,
  });
  const fail = (name: string, problem: unknown): never => {
    const source = sources.find((candidate) => candidate.optionalString("name") === name);
    const reason = problem instanceof Error ? problem.message : String(problem);
    if (source === undefined) throw problem;
    return source.fail("schema", `a JSON schema of draft 4 (${reason})`);
  };
  for (const { name, schema } of models) {
    try {
      ajv.addSchema(JSON.parse(schema), uri(name));
    } catch (problem) {
      fail(name, problem);
    }
  }
  return new Map(
    models.map(({ name }) => {
      try {
        return [name, ajv.getSchema(uri(name)) ?? fail(name, "not found")];
      } catch (problem) {
        return fail(name, problem);
      }
    }),
  );
}

import type Ajv from "ajv-draft-04";
import type { ErrorObject } from "ajv-draft-04";
import type { Attributes } from "../../deployment/attributes";
import { isObject, type JsonObject, parseJson } from "../../kernel/json";
import { once } from "../../kernel/once";
import { shown } from "../../kernel/trace";
import {
  checkSchema,
  createAjv,
  Effort,
  EffortExhausted,
  isPlain,
  metered,
  unsupportedKeywords,
} from "./json-schema";
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
  private readonly validators: ReadonlyMap<string, Validator>;

  constructor(apiId: string, models: readonly Attributes[]) {
    const own = models.map(readModel);
    refuseTwinModels(models);
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

  /** Names of models with `format` in their schema. */
  get withFormats(): readonly string[] {
    return this.all.filter(({ schema }) => /"format"\s*:\s*"/.test(schema)).map(({ name }) => name);
  }

  get names(): ReadonlySet<string> {
    return new Set(this.validators.keys());
  }

  /**
   * Checks a body against a model, for a second at most: a client chooses the body, and no body may hold up the others. A
   * body that is not UTF-8 or not JSON fits no model; an empty one counts as `{}` (localstack/localstack#7916).
   */
  check(modelName: string, body: Buffer): BodyProblem | undefined {
    const validate = this.validators.get(modelName);
    if (validate === undefined) return undefined;
    let value: unknown = {};
    try {
      if (body.length > 0) value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    } catch {
      return { text: "[Unable to parse the body as JSON]", violations: ["not JSON"] };
    }
    try {
      const errors = violationsOf(value, validate, body.length);
      if (errors.length === 0) return undefined;
      const violations = errors.slice(0, MOST_VIOLATIONS).map(whereAndWhy);
      return { text: describeViolations(errors, value), violations };
    } catch (error) {
      // A body that is nested deeply enough exhausts the stack of a recursive schema's check: then it does not fit.
      if (error instanceof RangeError)
        return { text: "[The body is nested too deeply]", violations: ["nested too deeply"] };
      if (error instanceof EffortExhausted)
        return { text: "[The body takes too long to check]", violations: ["takes too long to check"] };
      throw error;
    }
  }
}

/** Only the first violation of a larger body is named: a client decides how many there are, and each takes memory. */
const MOST_BYTES_IN_FULL = 100_000;

/** What a check may cost, some tenths of a second. Finding all violations of a small body takes a fraction of it; otherwise one is named. */
const MOST_STEPS = 25_000_000;
const MOST_STEPS_IN_FULL = 300_000;

/** How one model checks a value: until the first violation, or to the end. */
interface Validator {
  first(value: unknown): readonly ErrorObject[];
  all(value: unknown): readonly ErrorObject[];
}

/** @throws EffortExhausted */
function violationsOf(value: unknown, validate: Validator, bytes: number): readonly ErrorObject[] {
  if (bytes > MOST_BYTES_IN_FULL) return validate.first(value);
  try {
    return validate.all(value);
  } catch (error) {
    if (error instanceof EffortExhausted) return validate.first(value);
    throw error;
  }
}

/** How many violations a trace keeps of one body. */
const MOST_VIOLATIONS = 20;

/** `/name: must NOT have more than 8 characters`. Ajv's messages repeat the schema, never the body. */
function whereAndWhy({ instancePath, message = "" }: ErrorObject): string {
  return `${shown(instancePath, 100) || "/"}: ${shown(message, 200)}`;
}

/** Reasons as recorded in localstack's AWS-validated tests, `test_model_validation`. */
function readModel(model: Attributes): BodyModel {
  const name = model.string("name");
  // terraform-linters/tflint-ruleset-aws#98
  if (!/^[a-zA-Z0-9]+$/.test(name)) model.refuse("name", `Model name must be alphanumeric: ${name}`);
  const schema = model.optionalString("schema", { max: 400 * 1024 });
  const unsupported = [...new Set(unsupportedKeywords(parseJson(schema ?? "")))];
  if (unsupported.length > 0) {
    const list = unsupported.map((keyword) => JSON.stringify(keyword)).join(", ");
    model.refuse("schema", `Invalid model schema specified. Unsupported keyword(s): [${list}]`);
  }
  return {
    id: model.optionalString("id") ?? name,
    name,
    description: model.optionalString("description"),
    contentType: model.string("content_type"),
    schema:
      schema ?? model.refuse("schema", "Model schema must have at least 1 property or array items defined"),
  };
}

function refuseTwinModels(models: readonly Attributes[]): void {
  const names = models.map((model) => model.string("name"));
  const twin = models.find((_model, index) => names.indexOf(names[index] ?? "") < index);
  twin?.refuse("name", "Model name already exists for this REST API");
}

/** @throws through `sources`, when a model of theirs is not a JSON schema */
function compile(
  apiId: string,
  models: readonly BodyModel[],
  sources: readonly Attributes[],
): ReadonlyMap<string, Validator> {
  const uri = (name: string) => `https://apigateway.amazonaws.com/restapis/${apiId}/models/${name}`;
  const attempt = (name: string, work: () => unknown): void => {
    try {
      work();
    } catch (problem) {
      const source = sources.find((candidate) => candidate.string("name") === name);
      const reason = problem instanceof Error ? problem.message : String(problem);
      if (source === undefined) throw problem;
      source.fail("schema", `a JSON schema of draft 4 whose patterns take linear time (${reason})`);
    }
  };
  const effort = new Effort();
  const ajvWith = (allErrors: boolean): Ajv => {
    const ajv = createAjv({ allErrors, effort });
    for (const { name, schema } of models)
      attempt(name, () => ajv.addSchema(meteredSchema(schema), uri(name)));
    return ajv;
  };
  const untilFirst = once(() => ajvWith(false));
  const toTheEnd = once(() => ajvWith(true));
  const check = (ajv: () => Ajv, name: string, value: unknown, steps: number) => {
    const validate = ajv().getSchema(uri(name));
    if (validate === undefined) throw new Error(`the model ${name} is not compiled`);
    effort.allow(steps);
    return validate(value) ? [] : (validate.errors ?? []);
  };
  // The start says what is wrong with a model. One that is right for certain is compiled for the first body.
  const own = models.filter(({ name }) => sources.some((source) => source.string("name") === name));
  const unsure = own.filter(({ schema }) => !isPlain(parseJson(schema)));
  for (const { name, schema } of unsure) attempt(name, () => checkSchema(meteredSchema(schema)));
  for (const { name } of unsure) attempt(name, () => toTheEnd().getSchema(uri(name)));
  const validatorOf = (name: string): Validator => ({
    first: (value) => check(untilFirst, name, value, MOST_STEPS),
    all: (value) => check(toTheEnd, name, value, MOST_STEPS_IN_FULL),
  });
  return new Map(models.map(({ name }) => [name, validatorOf(name)]));
}

function meteredSchema(text: string): JsonObject {
  const schema: unknown = JSON.parse(text);
  if (!isObject(schema)) throw new Error("it is not an object");
  return metered(schema);
}

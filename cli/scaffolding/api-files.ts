import { pathParametersOf, type Route, takesBody } from "../../stacks/secure-edge/route";

/** An API to be written: its handler's name, and its row in the table of routes. */
export interface NewApi {
  /** The folder below `lambda-src`: `order-items`. */
  readonly name: string;
  readonly path: string;
  readonly method: Route["method"];
  /** `OrderItems` */
  readonly functionName: string;
  readonly authorizer: string;
  readonly userPool: string;
}

/** `orderItems` for `order-items`: what the handler's definition is called. */
export function identifierOf(name: string): string {
  return name.replace(/-(\w)/g, (_whole, letter: string) => letter.toUpperCase());
}

/** `OrderItems` for `order-items` */
export function typeNameOf(name: string): string {
  const identifier = identifierOf(name);
  return `${identifier.charAt(0).toUpperCase()}${identifier.slice(1)}`;
}

/** The files that a new API consists of, by their paths in the project. */
export function filesOf(api: NewApi): ReadonlyMap<string, string> {
  return new Map([
    [`lambda-src/${api.name}/env.ts`, environment(api)],
    [`lambda-src/${api.name}/index.ts`, entry(api)],
    [`lambda-src/${api.name}/handler.ts`, handler(api)],
    [`stacks/secure-edge/handlers/${api.name}.ts`, definition(api)],
    [`__tests__/lambda-src/${api.name}/handler.test.ts`, test(api)],
  ]);
}

/** The table of handlers with one more. */
export function withHandler(table: string, { name }: NewApi): string {
  const identifier = identifierOf(name);
  const entry = identifier === name ? name : `"${name}": ${identifier}`;
  return `import { ${identifier} } from "./${name}";\n${table.replace(/\n\};\n/, `\n  ${entry},\n};\n`)}`;
}

/** The table of routes with one more row. */
export function withRoute(table: string, api: NewApi): string {
  const row = `  {
    path: ${JSON.stringify(api.path)},
    method: "${api.method}",
    functionName: "${api.functionName}",
    handler: "${api.name}",
    auth: "cognito-id-token",
    authorizer: "${api.authorizer}",
    userPool: "${api.userPool}",
  },`;
  return table.replace(/\n\];\n$/, `\n${row}\n];\n`);
}

function environment({ name }: NewApi): string {
  return `/** What the stack sets in the environment of a function that the \`${name}\` handler serves. */
export interface ${typeNameOf(name)}Env {
  /** The origins whose pages may read the answers, separated by commas; empty for none. */
  readonly CORS_ORIGINS: string;
}
`;
}

function entry({ method, path }: NewApi): string {
  return `import { createHandler } from "./handler";

/** Answers API Gateway for ${method} ${path}. Throws while it starts when its environment is wrong. */
export const handler = createHandler(process.env);
`;
}

function handler(api: NewApi): string {
  const { name, method, path } = api;
  const parameters = pathParametersOf(api);
  const [hasPath, hasBody] = [parameters.length > 0, takesBody(api)];
  const readers = [...(hasBody ? ["readBody"] : []), ...(hasPath ? ["readPath"] : [])];
  const read = (what: string, reader: string) => `      const ${what} = ${reader}(request, ${what}Schema);
      if (!${what}.ok) return { statusCode: 400, body: { message: ${what}.reason } };
`;
  const values = [...(hasPath ? ["...path.value"] : []), ...(hasBody ? ["...body.value"] : [])];
  return `import { Logger } from "@aws-lambda-powertools/logger";
${readers.length > 0 ? 'import * as v from "valibot";\n' : ""}import { type ApiHandler, apiHandler } from "../common/api-handler";
import { corsOrigins, readEnvironment, type Variable } from "../common/environment";
${readers.length > 0 ? `import { ${readers.join(", ")} } from "../common/request";\n` : ""}import type { ${typeNameOf(name)}Env } from "./env";

const variables = { CORS_ORIGINS: corsOrigins } satisfies Record<keyof ${typeNameOf(name)}Env, Variable<unknown>>;
${hasPath ? pathSchema(api) : ""}${hasBody ? bodySchema() : ""}
/**
 * Answers ${method} ${path}. Its log holds nothing of what was sent.
 *
 * @throws Error when the environment variables are wrong
 */
export function createHandler(env: Readonly<Record<string, string | undefined>>): ApiHandler {
  const logger = new Logger({ serviceName: "${name}" });
  const { CORS_ORIGINS } = readEnvironment(variables, env);

  return apiHandler({
    logger,
    env,
    corsOrigins: CORS_ORIGINS,
    async answer(${readers.length > 0 ? "request" : ""}) {
${hasPath ? read("path", "readPath") : ""}${hasBody ? read("body", "readBody") : ""}      logger.info("Answered the request");
      return { statusCode: 200, body: { ${[`message: "Hello from ${name}."`, ...values].join(", ")} } };
    },
  });
}
`;
}

/** A greedy parameter, `{path+}`, has slashes in it. */
function pathSchema(api: NewApi): string {
  const members = pathParametersOf(api).map((name) => {
    const isGreedy = api.path.includes(`{${name}+}`);
    const pattern = isGreedy ? "/^[\\w.~/-]{1,256}$/" : "/^[\\w.~-]{1,64}$/";
    const accepted = isGreedy
      ? "1 to 256 letters, digits, ., _, ~, - and /"
      : "1 to 64 letters, digits, ., _, ~ and -";
    return `  ${name}: v.pipe(v.string(), v.regex(${pattern}, '"${name}" must be ${accepted}.')),`;
  });
  return `\nconst pathSchema = v.object({\n${members.join("\n")}\n});\n`;
}

function bodySchema(): string {
  return `
const bodySchema = v.strictObject(
  { text: v.pipe(v.string('"text" is missing.'), v.minLength(1, '"text" is empty.'), v.maxLength(256, '"text" is too long.')) },
  'The body must be a JSON object with "text" and no other property.',
);
`;
}

/** The parameters' values in the example, and in the test. */
const exampleOf = (parameters: readonly string[]) =>
  parameters.map((name, index) => `${name}: "${index + 1}"`).join(", ");

function definition(api: NewApi): string {
  const { name, method, path } = api;
  const parameters = pathParametersOf(api);
  const model = `  body: {
    name: "${typeNameOf(name)}",
    schema: {
      $schema: "http://json-schema.org/draft-04/schema#",
      title: "${typeNameOf(name)}",
      type: "object",
      additionalProperties: false,
      required: ["text"],
      properties: { text: { type: "string", minLength: 1, maxLength: 256 } },
    },
  },
`;
  const shown = [
    `message: "Hello from ${name}."`,
    ...(parameters.length > 0 ? [exampleOf(parameters)] : []),
    ...(takesBody(api) ? ["text: word"] : []),
  ];
  const members = ["message", ...parameters, ...(takesBody(api) ? ["text"] : [])];
  const answers = `  answers: {
    200: {
      name: "${typeNameOf(name)}Answer",
      schema: {
        $schema: "http://json-schema.org/draft-04/schema#",
        title: "${typeNameOf(name)}Answer",
        type: "object",
        additionalProperties: false,
        required: [${members.map((member) => `"${member}"`).join(", ")}],
        properties: { ${members.map((member) => `${member}: { type: "string" }`).join(", ")} },
      },
    },
  },
`;
  return `import type { ${typeNameOf(name)}Env } from "../../../lambda-src/${name}/env";
import { defineHandler } from "../handler-definition";

/** Answers ${method} ${path}. */
export const ${identifierOf(name)} = defineHandler<${typeNameOf(name)}Env>({
  setUp: ({ config }) => ({
    environment: { CORS_ORIGINS: config.corsOrigin ?? "" },
    permissions: [],
  }),
${takesBody(api) ? model : ""}${method === "HEAD" ? "" : answers}  example: (${takesBody(api) ? "{ word }" : ""}) => ({
${parameters.length > 0 ? `    path: { ${exampleOf(parameters)} },\n` : ""}${takesBody(api) ? "    body: { text: word },\n" : ""}    answer: { status: 200${method === "HEAD" ? "" : `, body: { ${shown.join(", ")} }`} },
  }),
});
`;
}

function test(api: NewApi): string {
  const { name } = api;
  const parameters = pathParametersOf(api);
  const hasBody = takesBody(api);
  const members = [
    ...(parameters.length > 0 ? [`pathParameters: { ${exampleOf(parameters)} }`] : []),
    ...(hasBody ? ['body: \'{"text":"hello"}\''] : []),
  ];
  const shown = [
    `message: "Hello from ${name}."`,
    ...(parameters.length > 0 ? [exampleOf(parameters)] : []),
    ...(hasBody ? ['text: "hello"'] : []),
  ];
  const refusals = [
    ...(parameters.length > 0
      ? [
          '["a path parameter that is too long", { ...request, pathParameters: { ' +
            `${parameters[0]}: "x".repeat(257)` +
            " } }]",
        ]
      : []),
    ...(hasBody ? ['["a body that is not JSON", { ...request, body: "hello" }]'] : []),
  ];
  return `import { createHandler } from "../../../lambda-src/${name}/handler";
import { CapturedLogs } from "../support/captured-logs";
import { contextOf } from "../support/context";

const env = { CORS_ORIGINS: "" };
const context = contextOf("${api.functionName}");
const request = { ${members.join(", ")} };

beforeEach(() => {
  new CapturedLogs();
});
afterEach(() => jest.restoreAllMocks());

describe("The ${name} handler", () => {
  it("answers a request", async () => {
    const response = await createHandler(env)(request, context);

    expect(response.statusCode).toBe(200);
    expect(JSON.parse(response.body)).toEqual({ ${shown.join(", ")} });
  });
${
  refusals.length === 0
    ? ""
    : `
  it.each([${refusals.join(", ")}])("refuses %s", async (_what, refused) => {
    const response = await createHandler(env)(refused, context);

    expect(response.statusCode).toBe(400);
  });
`
}
  it("does not start without its variables", () => {
    expect(() => createHandler({})).toThrow("CORS_ORIGINS is not set");
  });
});
`;
}

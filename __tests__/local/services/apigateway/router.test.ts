import fc from "fast-check";
import { Attributes } from "../../../../local/deployment/attributes";
import { Router } from "../../../../local/services/apigateway/edge/router";
import type { ApiMethod } from "../../../../local/services/apigateway/methods";
import type { ApiResource } from "../../../../local/services/apigateway/resource-tree";

function method(httpMethod: string): ApiMethod {
  const attributes = new Attributes(httpMethod, {});
  return {
    httpMethod,
    attributes,
    authorization: undefined,
    apiKeyRequired: false,
    operationName: undefined,
    requestParameters: new Map(),
    requestModels: new Map(),
    validates: { body: false, parameters: false },
    responses: [],
    integration: {
      type: "AWS_PROXY",
      attributes,
      timeoutMs: 1,
      responses: [],
      functionArn: "arn",
      roleArn: undefined,
    },
  };
}

function tree(paths: Readonly<Record<string, readonly string[]>>): ApiResource[] {
  return Object.entries(paths).map(([path, methods]) => ({
    id: path,
    parentId: undefined,
    pathPart: undefined,
    path,
    methods: new Map(methods.map((name) => [name, method(name)])),
  }));
}

function route(paths: Readonly<Record<string, readonly string[]>>, httpMethod: string, path: string) {
  const found = new Router(tree(paths)).match(httpMethod, path);
  return found && [found.resource.path, found.method.httpMethod, Object.fromEntries(found.pathParameters)];
}

// The tree and the answers of the first block were measured on AWS: ministackorg/ministack, pull request 1423.
const measured = {
  "/": [],
  "/{proxy+}": ["ANY"],
  "/jobs": [],
  "/jobs/{type}": ["GET"],
  "/cors": ["OPTIONS"],
};

test.each([
  ["GET", "/jobs/reboot", ["/jobs/{type}", "GET", { type: "reboot" }]],
  ["GET", "/jobs", ["/{proxy+}", "ANY", { proxy: "jobs" }]],
  ["POST", "/jobs", ["/{proxy+}", "ANY", { proxy: "jobs" }]],
  ["POST", "/jobs/reboot", ["/{proxy+}", "ANY", { proxy: "jobs/reboot" }]],
  ["GET", "/cors", ["/{proxy+}", "ANY", { proxy: "cors" }]],
  ["GET", "/", undefined],
])("routes %s %s as AWS was measured to", (httpMethod, path, expected) => {
  expect(route(measured, httpMethod, path)).toEqual(expected);
});

const users = {
  "/": ["GET"],
  "/users/{id}": ["GET"],
  "/users/me": ["PATCH"],
  "/files/{path+}": ["GET", "ANY"],
};

test.each([
  ["GET", "/users/me", ["/users/{id}", "GET", { id: "me" }]],
  ["PATCH", "/users/me", ["/users/me", "PATCH", {}]],
  ["POST", "/users/me", undefined],
  ["GET", "/", ["/", "GET", {}]],
  ["GET", "/users/7/", ["/users/{id}", "GET", { id: "7" }]],
  ["GET", "//users/7", ["/users/{id}", "GET", { id: "7" }]],
  ["GET", "/users//7", undefined],
  ["GET", "/users/", undefined],
  ["GET", "/Users/7", undefined],
  ["GET", "/users/../files/x", undefined],
  ["GET", "/users/%2e%2e", ["/users/{id}", "GET", { id: "%2e%2e" }]],
  ["GET", "/users/a%2Fb", ["/users/{id}", "GET", { id: "a%2Fb" }]],
  ["GET", "/files/../../etc/passwd", ["/files/{path+}", "GET", { path: "../../etc/passwd" }]],
  ["POST", "/files/a//b", ["/files/{path+}", "ANY", { path: "a//b" }]],
])("routes %s %s", (httpMethod, path, expected) => {
  expect(route(users, httpMethod, path)).toEqual(expected);
});

const part = fc.constantFrom("a", "b", "{x}");
const resourcePath = fc
  .tuple(fc.array(part, { maxLength: 3 }), fc.boolean())
  .map(([parts, greedy]) => `/${[...parts, ...(greedy ? ["{rest+}"] : [])].join("/")}`);
const paths = fc.dictionary(resourcePath, fc.subarray(["GET", "POST", "ANY"]), { maxKeys: 8 });
const requestPath = fc
  .array(fc.constantFrom("a", "b", "c"), { maxLength: 4 })
  .map((parts) => `/${parts.join("/")}`);

/** All resources that take the request, the best first: part by part a literal, then `{x}`, then `{rest+}`. */
function reference(resources: Readonly<Record<string, readonly string[]>>, httpMethod: string, path: string) {
  const rank = (candidate: string) =>
    candidate
      .split("/")
      .map((piece) => (piece.endsWith("+}") ? "2" : piece.startsWith("{") ? "1" : "0"))
      .join("");
  return Object.keys(resources)
    .filter((candidate) => {
      const pattern = candidate.replace(/\{rest\+\}/, ".+").replaceAll("{x}", "[^/]+");
      return new RegExp(`^${pattern}$`).test(path);
    })
    .filter((candidate) => resources[candidate]?.some((name) => name === httpMethod || name === "ANY"))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
}

test("finds what a search through all resources finds", () => {
  fc.assert(
    fc.property(paths, fc.constantFrom("GET", "POST"), requestPath, (resources, httpMethod, path) => {
      const found = new Router(tree(resources)).match(httpMethod, path);

      expect(found?.resource.path).toBe(reference(resources, httpMethod, path));
    }),
    { numRuns: 1000 },
  );
});

test("puts a path's parts into its parameters and loses none", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[\w%.~-]+$/), { minLength: 2, maxLength: 5 }), (parts) => {
      const resources = tree({ "/{first}/{rest+}": ["ANY"] });

      const found = new Router(resources).match("GET", `/${parts.join("/")}`);

      expect([...(found?.pathParameters.values() ?? [])].join("/")).toBe(parts.join("/"));
    }),
  );
});

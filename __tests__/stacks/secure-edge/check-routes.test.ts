import { RouteError } from "../../../stacks/common/errors";
import { checkRoutes } from "../../../stacks/secure-edge/check-routes";
import { handlers } from "../../../stacks/secure-edge/handlers";
import { HTTP_METHODS, type Route, routeId } from "../../../stacks/secure-edge/route";
import { routes } from "../../../stacks/secure-edge/routes";

const route = {
  path: "/orders",
  method: "POST",
  functionName: "Orders",
  handler: "external",
  auth: "cognito-id-token",
  authorizer: "OrdersAuthorizer",
  userPool: "OrdersPool",
} as const satisfies Route;

describe("checkRoutes", () => {
  it("takes the project's own table", () => {
    expect(() => checkRoutes(routes, ["partner"])).not.toThrow();
  });

  it.each<[string, Route[]]>([
    ["a nested path with a parameter", [{ ...route, path: "/orders/{id}/items.json" }]],
    ["a greedy parameter at the end", [{ ...route, path: "/orders/{rest+}" }]],
    ["two methods of one path", [route, { ...route, method: "PUT" }]],
    ["two routes with one function, authorizer and user pool", [route, { ...route, path: "/others" }]],
    ["an open route that says why", [{ ...open(route), reason: "a health check" }]],
    ["the longest names", [{ ...route, functionName: "f".repeat(40), userPool: "p".repeat(32) }]],
  ])("takes %s", (_what, table) => {
    expect(() => checkRoutes(table, [])).not.toThrow();
  });

  it("takes a route with an API key where a client has one", () => {
    expect(() => checkRoutes([{ ...route, apiKeyRequired: true }], ["mobile"])).not.toThrow();
  });

  it("refuses an empty table", () => {
    expect(() => checkRoutes([], [])).toThrow(RouteError);
    expect(() => checkRoutes([], [])).toThrow(
      new RouteError("the table of routes is empty: add a row to stacks/secure-edge/routes.ts"),
    );
  });

  it.each([
    "orders",
    "/",
    "",
    "/orders/",
    "//orders",
    "/or ders",
    "/{id",
    "/{rest+}/more",
    "/a?b=c",
    "/ä",
    "/{}",
  ])("refuses the path %j", (path) => {
    expect(() => checkRoutes([{ ...route, path }], [])).toThrow(
      new RouteError(
        `POST ${path}: the path must be segments of letters, digits, ., _ and -, or {parameters}, each after a slash; only the last may be {greedy+}`,
      ),
    );
  });

  it.each(["", "f".repeat(41), "a b", "a.b", "${x}"])("refuses the function's name %j", (functionName) => {
    expect(() => checkRoutes([{ ...route, functionName }], [])).toThrow(
      new RouteError(
        `POST /orders: the function's name ${JSON.stringify(functionName)} must be 1 to 40 letters, digits, hyphens and underscores`,
      ),
    );
  });

  it.each(["", "a".repeat(41), "a b"])("refuses the authorizer's name %j", (authorizer) => {
    expect(() => checkRoutes([{ ...route, authorizer }], [])).toThrow(
      new RouteError(
        `POST /orders: the authorizer's name ${JSON.stringify(authorizer)} must be 1 to 40 letters, digits, hyphens and underscores`,
      ),
    );
  });

  it.each(["", "p".repeat(33), "My_Pool", "-pool"])(
    "refuses the user pool's name %j, which no host name can start with",
    (userPool) => {
      expect(() => checkRoutes([{ ...route, userPool }], [])).toThrow(
        new RouteError(
          `POST /orders: the user pool's name ${JSON.stringify(userPool)} must be 1 to 32 letters, digits and hyphens, no hyphen first`,
        ),
      );
    },
  );

  it("refuses a route that is in the table twice", () => {
    expect(() => checkRoutes([route, route], [])).toThrow(
      new RouteError("POST /orders is in the table twice: remove one row"),
    );
  });

  it("refuses one function for two handlers", () => {
    expect(() => checkRoutes([route, { ...route, path: "/b", method: "GET", handler: "rates" }], [])).toThrow(
      new RouteError(
        "GET /b: the function Orders has external in another row and rates here: give one of them another name",
      ),
    );
  });

  it("refuses one authorizer for two user pools", () => {
    expect(() => checkRoutes([route, { ...route, path: "/b", userPool: "OtherPool" }], [])).toThrow(
      new RouteError(
        "POST /b: the authorizer OrdersAuthorizer has OrdersPool in another row and OtherPool here: give one of them another name",
      ),
    );
  });

  it("refuses an open route that does not say why", () => {
    expect(() => checkRoutes([{ ...open(route), reason: "  " }], [])).toThrow(
      new RouteError(
        "POST /orders is open to anybody and gives no reason: say why, or give it an authorizer",
      ),
    );
  });

  it("refuses a route with an API key that nobody has", () => {
    expect(() => checkRoutes([{ ...route, apiKeyRequired: true }], [])).toThrow(
      new RouteError("POST /orders requires an API key, and nobody has one: name the clients in API_CLIENTS"),
    );
  });

  it.each<[string, object]>([
    ["users of two pools", { userPool: ["OrdersPool", "OtherPool"] }],
    ["groups", { groups: ["admins", "team.a_b"] }],
    ["access tokens with scopes", { auth: "cognito-access-token", scopes: ["orders/read", "openid"] }],
    ["parameters", { query: { page: "optional" }, headers: { "X-Trace": "required" } }],
    ["a model of its own", { body: { name: "Order", schema: { type: "object" } } }],
    ["ANY", { method: "ANY" }],
    ["OPTIONS", { method: "OPTIONS" }],
  ])("takes %s", (_what, changes) => {
    expect(() => checkRoutes([changed(changes)], [])).not.toThrow();
  });

  it.each<[string, object, string]>([
    [
      "a method that HTTP does not have",
      { method: "FETCH" },
      `FETCH /orders: the method "FETCH" must be one of ${HTTP_METHODS.join(", ")}`,
    ],
    [
      "a handler that is not in the table",
      { handler: "toString" },
      `POST /orders: the handler "toString" is not in stacks/secure-edge/handlers: add it there, or name one of ${Object.keys(handlers).join(", ")}`,
    ],
    [
      "a body that nothing describes",
      { handler: "rates" },
      "POST /orders: nothing says what its body must be: set body in the row or in stacks/secure-edge/handlers/rates.ts",
    ],
    [
      "a model for a method without a body",
      { method: "GET", body: { name: "Order", schema: {} } },
      "GET /orders: the model Order would refuse a request without a body: leave it out, or write a row for POST, PUT or PATCH",
    ],
    [
      "a model's name that AWS does not take",
      { body: { name: "an-order", schema: {} } },
      'POST /orders: the model\'s name "an-order" must be 1 to 64 letters and digits',
    ],
    [
      "a limit for ANY",
      { method: "ANY", throttle: { rateLimit: 1, burstLimit: 1 } },
      "ANY /orders: API Gateway does not take a limit for ANY: write a row for each method, or leave throttle out",
    ],
    [
      "one name for two parameters",
      { path: "/orders/{id}", query: { id: "required" } },
      "POST /orders/{id}: id is there twice, and path, query string and headers share their names: rename one",
    ],
    [
      "a parameter's name that could be anything",
      { headers: { "X Trace": "required" } },
      'POST /orders: the parameter\'s name "X Trace" must be 1 to 64 letters, digits, dots, hyphens and underscores',
    ],
    [
      "a sign-in without a user pool",
      { userPool: [] },
      "POST /orders names no user pool: say whose users may call it",
    ],
    [
      "a group that a claim cannot tell from two",
      { groups: ["admins,staff"] },
      'POST /orders: the group\'s name "admins,staff" must be 1 to 64 letters, digits, dots, hyphens and underscores',
    ],
    [
      "access tokens of any scope",
      { auth: "cognito-access-token", scopes: [] },
      "POST /orders takes access tokens and names no scope, so every one would do: name the scopes, or take ID tokens",
    ],
    [
      "a scope that no resource server can have",
      { auth: "cognito-access-token", scopes: ["a/b/c"] },
      'POST /orders: the scope "a/b/c" must be a resource and what may be done with it, such as orders/read',
    ],
  ])("refuses %s", (_what, changes, message) => {
    expect(() => checkRoutes([changed(changes)], [])).toThrow(new RouteError(message));
  });

  it("refuses one model's name for two models", () => {
    const other = { ...route, path: "/b", body: { name: "Name", schema: { type: "object" } } };

    expect(() => checkRoutes([route, other], [])).toThrow(/^POST \/b: the model Name has .* in another row/);
  });

  it("refuses one authorizer for ID tokens and access tokens, which are checked in different ways", () => {
    const scoped = changed({ auth: "cognito-access-token", scopes: ["orders/read"], path: "/b" });

    expect(() => checkRoutes([route, scoped], [])).toThrow(
      new RouteError(
        "POST /b: the authorizer OrdersAuthorizer has OrdersPool in another row and OrdersPool with scopes here: give one of them another name",
      ),
    );
  });

  it("refuses a row for OPTIONS where API Gateway answers the preflight", () => {
    expect(() => checkRoutes([{ ...route, method: "OPTIONS" }], [], "https://app.example.com")).toThrow(
      new RouteError(
        "OPTIONS /orders: with CORS_ORIGIN https://app.example.com API Gateway answers OPTIONS itself: remove the row, or unset CORS_ORIGIN",
      ),
    );
  });

  it.each([
    ["/a-b", "/a/b", "/a/b and /a-b would both be called a-b"],
    ["/a-b", "/a/b/c", "/a/b and /a-b would both be called a-b"],
    ["/orders/id", "/orders/{id}", "/orders/{id} and /orders/id would both be called orders-id"],
  ])("refuses %s beside %s, which would have one name in the state", (first, second, message) => {
    expect(() =>
      checkRoutes(
        [
          { ...route, path: first },
          { ...route, path: second },
        ],
        [],
      ),
    ).toThrow(
      new RouteError(`${message} in Terraform's state: rename one, for instance with _ in place of a hyphen`),
    );
  });

  it("takes the two paths once one of them has an underscore", () => {
    const table = ["/a_b", "/a/b"].map((path) => ({ ...route, path }));

    expect(() => checkRoutes(table, [])).not.toThrow();
  });

  it("refuses two names for the parameter of one place, as API Gateway does", () => {
    const table = ["/orders/{id}", "/orders/{order}/items"].map((path) => ({ ...route, path }));

    expect(() => checkRoutes(table, [])).toThrow(
      new RouteError(
        "/orders/{order}: API Gateway takes one parameter at a place, and /orders/{id} is there already: give both the same name",
      ),
    );
  });
});

describe("routeId", () => {
  it.each([
    ["/lambda1", "POST-lambda1"],
    ["/orders/{id}", "POST-orders-id"],
    ["/orders/{rest+}", "POST-orders-rest"],
    ["/v1.0/a_b", "POST-v1-0-a_b"],
  ])("names %s in the state", (path, id) => {
    expect(routeId({ method: "POST", path })).toBe(id);
  });
});

/** The route with these changes, of which the compiler would refuse some. */
function changed(changes: object): Route {
  return JSON.parse(JSON.stringify({ ...route, ...changes }));
}

function open({ path, method, functionName, handler }: Route) {
  return { path, method, functionName, handler, auth: "none" } as const;
}

import { RouteError } from "../../../stacks/common/errors";
import { checkRoutes, type Route, routeId } from "../../../stacks/secure-edge/route";
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
    expect(() => checkRoutes(routes, [])).not.toThrow();
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

  it("refuses a route that stands there twice", () => {
    expect(() => checkRoutes([route, route], [])).toThrow(
      new RouteError("POST /orders stands twice in the table: remove one row"),
    );
  });

  it("refuses one function for two handlers, even where the table was not checked by its type", () => {
    const table: Route[] = JSON.parse(JSON.stringify([route, { ...route, path: "/b", handler: "other" }]));

    expect(() => checkRoutes(table, [])).toThrow(
      new RouteError(
        "POST /b: the function Orders has external in another row and other here: give one of them another name",
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

function open({ path, method, functionName, handler }: Route) {
  return { path, method, functionName, handler, auth: "none" } as const;
}

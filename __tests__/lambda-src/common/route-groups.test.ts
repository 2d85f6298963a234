import { isInGroup, readRouteGroups } from "../../../lambda-src/common/route-groups";

const groups = readRouteGroups({
  ROUTE_GROUPS: '{"GET /orders/{id}":["admins","staff"],"POST /orders":[],"ANY /files":["staff"]}',
});

const request = (httpMethod: string, resource: string, claim?: string) => ({
  httpMethod,
  resource,
  requestContext: { authorizer: { claims: claim === undefined ? {} : { "cognito:groups": claim } } },
});

describe("The groups of a route", () => {
  it.each([
    ["one of them", "admins"],
    ["another one", "staff"],
    ["one among others", "readers,staff"],
  ])("let in a caller with %s", (_, claim) => {
    expect(isInGroup(groups, request("GET", "/orders/{id}", claim))).toBe(true);
  });

  it.each([
    ["none", undefined],
    ["no name", ""],
    ["another", "readers"],
    ["one whose name has it in it", "not-admins"],
    ["one that is written otherwise", "Admins"],
    ["one with a space", " admins"],
  ])("keep out a caller with %s", (_, claim) => {
    expect(isInGroup(groups, request("GET", "/orders/{id}", claim))).toBe(false);
  });

  it("hold for every method of a route for ANY", () => {
    expect(isInGroup(groups, request("DELETE", "/files", "staff"))).toBe(true);
    expect(isInGroup(groups, request("DELETE", "/files", "admins"))).toBe(false);
  });

  it("let everybody call a route that asks for none, beside one that does", () => {
    expect(isInGroup(groups, request("POST", "/orders"))).toBe(true);
  });

  it("keep out whoever names a route that is not the function's, or none", () => {
    expect(isInGroup(groups, request("GET", "/elsewhere", "admins"))).toBe(false);
    expect(isInGroup(groups, {})).toBe(false);
  });

  it("are not asked for where the stack names none", () => {
    expect(readRouteGroups({})).toBeUndefined();
    expect(isInGroup(undefined, {})).toBe(true);
  });

  it.each(["", "{", "[]", '{"GET /x":"admins"}', '{"GET /x":[1]}'])(
    "stop the function's start where they cannot be read: %j",
    (text) => {
      expect(() => readRouteGroups({ ROUTE_GROUPS: text })).toThrow(
        `ROUTE_GROUPS is ${JSON.stringify(text)}; accepted: JSON such as {"GET /orders/{id}": ["admins"]}`,
      );
    },
  );
});

import { isNamedTest } from "./support/named-tests";
import { authorizationThreats } from "./threats-auth";

describe("the table of threats to authorization", () => {
  const references = authorizationThreats.flatMap(({ test, counterpart }) => [
    test,
    ...(counterpart === undefined ? [] : [counterpart]),
  ]);

  it.each(references)("names a test that is there: %s", (reference) => {
    expect(isNamedTest(reference)).toBe(true);
  });

  it.each([
    "api2-authentication.test.ts › refuses a token that nobody thought of",
    "api2-authentication.test.ts › accepts an access token",
    "api0-nothing.test.ts › refuses an access token",
  ])("would notice that a test is gone: %s", (reference) => {
    expect(isNamedTest(reference)).toBe(false);
  });

  it("has a counterpart for every defence that a setting takes out", () => {
    const without = authorizationThreats.filter(({ counterpart }) => counterpart === undefined);

    expect(without.map(({ setting }) => setting)).toEqual(without.map(() => "built in"));
  });

  it("names each threat once", () => {
    const names = authorizationThreats.map(({ threat }) => threat);

    expect(new Set(names).size).toBe(names.length);
  });
});

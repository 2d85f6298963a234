import { NameError } from "../../../stacks/common/errors";
import { deploymentPath, type Naming, physicalName, roleName } from "../../../stacks/common/names";

const naming = (changes: Partial<Naming> = {}): Naming => ({
  namePrefix: "",
  environment: "development",
  region: "us-east-1",
  ...changes,
});

describe("a physical name", () => {
  it.each([
    ["is the author's in development", {}, "ExternalLambda1"],
    ["has every other environment after it", { environment: "staging" }, "ExternalLambda1-staging"],
    ["has the prefix before it", { namePrefix: "acme" }, "acme-ExternalLambda1"],
    [
      "has both, and no region",
      { namePrefix: "acme", environment: "staging", region: "eu-west-1" },
      "acme-ExternalLambda1-staging",
    ],
  ])("%s", (_what, changes, name) => {
    expect(physicalName(naming(changes), "ExternalLambda1")).toBe(name);
  });
});

describe("a role's name", () => {
  it.each([
    ["is the function's in us-east-1", { environment: "staging" }, "ExternalLambda1-staging-role"],
    [
      "has every other region in it, because roles belong to the whole account",
      { environment: "staging", region: "eu-west-1" },
      "ExternalLambda1-staging-eu-west-1-role",
    ],
  ])("%s", (_what, changes, name) => {
    expect(roleName(naming(changes), "ExternalLambda1")).toBe(name);
  });

  it("is refused where IAM would refuse it, and the message says what to shorten", () => {
    const long = naming({ namePrefix: "acme", environment: "production" });

    expect(roleName(long, "f".repeat(43))).toHaveLength(64);
    expect(() => roleName(long, "f".repeat(44))).toThrow(NameError);
    expect(() => roleName(long, "f".repeat(44))).toThrow(
      /^the role "acme-f+-production-role" has 65 characters, IAM takes 64: shorten NAME_PREFIX, ENVIRONMENT or/,
    );
  });
});

describe("a deployment's path", () => {
  const all = [
    naming(),
    naming({ environment: "eu-west-1" }),
    naming({ region: "eu-west-1" }),
    naming({ environment: "eu-west-1", region: "eu-west-1" }),
    naming({ namePrefix: "development" }),
    naming({ namePrefix: "eu-west-1" }),
    naming({ namePrefix: "development", region: "eu-west-1" }),
    naming({ namePrefix: "development", environment: "eu-west-1" }),
  ];

  it("is the environment alone in the standard region", () => {
    expect(deploymentPath(naming({ environment: "staging" }))).toEqual(["staging"]);
  });

  it("is another one for every prefix, environment and region", () => {
    expect(new Set(all.map((one) => deploymentPath(one).join("/"))).size).toBe(all.length);
  });
});

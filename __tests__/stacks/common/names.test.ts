import { physicalName } from "../../../stacks/common/names";

describe("physicalName", () => {
  it("is the author's in development", () => {
    expect(physicalName("development", "ExternalLambda1")).toBe("ExternalLambda1");
  });

  it("is suffixed in every other environment", () => {
    expect(physicalName("staging", "ExternalLambda1")).toBe("ExternalLambda1-staging");
  });
});

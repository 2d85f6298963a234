import { motoEnvironment } from "../../../cli/terraform/moto";

describe("the environment of a deployment to this machine", () => {
  const target = "http://127.0.0.1:5000";

  it("reaches the AWS API on this machine, and keeps the state of such deployments apart", () => {
    expect(motoEnvironment(target, {}, {})).toMatchObject({
      AWS_ENDPOINT_URL: "http://127.0.0.1:5000",
      TARGET: "moto",
    });
  });

  it.each([
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL_SNS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "TF_CLI_ARGS_apply",
    "STATE_BUCKET",
  ])("has nothing of the caller's %s, which could lead to an account", (name) => {
    expect(motoEnvironment(target, {}, { [name]: "x" })).not.toHaveProperty(name);
  });

  it("never has the caller's access key", () => {
    const env = motoEnvironment(target, {}, { AWS_ACCESS_KEY_ID: "AKIAREAL", AWS_SECRET_ACCESS_KEY: "real" });

    expect(Object.values(env)).not.toEqual(expect.arrayContaining(["AKIAREAL"]));
    expect(Object.values(env)).not.toEqual(expect.arrayContaining(["real"]));
  });

  it("has the settings that were chosen, and the caller's other variables", () => {
    const env = motoEnvironment(
      target,
      { ENVIRONMENT: "staging" },
      { PATH: "/bin", ENVIRONMENT: "production" },
    );

    expect(env).toMatchObject({ PATH: "/bin", ENVIRONMENT: "staging" });
  });
});

import {
  chooseDeployment,
  chooseState,
  type DeploymentChoice,
  outputFolder,
  type StateWords,
  stateFolder,
} from "../../../cli/common/deployment-choice";
import { UsageError } from "../../../local/kernel/user-error";
import { readConfig } from "../../../stacks/common/config";

const choice = (environment: string, target: "aws" | "moto" = "aws"): DeploymentChoice => {
  return { environment, target, region: "us-east-1", namePrefix: "" };
};
const development = choice("development");
const staging = choice("staging");

describe("a deployment", () => {
  it("is the one of the settings, but for what the options say", () => {
    const env = { ENVIRONMENT: "staging", TARGET: "moto", AWS_REGION: "eu-west-1", NAME_PREFIX: "acme" };

    expect(chooseDeployment({}, {})).toEqual({
      environment: "development",
      target: "aws",
      region: "us-east-1",
      namePrefix: "",
    });
    expect(chooseDeployment({}, env)).toEqual({
      environment: "staging",
      target: "moto",
      region: "eu-west-1",
      namePrefix: "acme",
    });
    expect(chooseDeployment({ environment: "test", target: "aws" }, env)).toMatchObject({
      environment: "test",
      target: "aws",
    });
  });

  it("never falls back to AWS where the target is not known", () => {
    expect(() => chooseDeployment({}, { TARGET: "local" })).toThrow(
      'TARGET is "local"; accepted: aws or moto',
    );
  });

  it.each([
    [{}, "cdktf.out", "state/development"],
    [{ ENVIRONMENT: "staging" }, "cdktf.out.staging", "state/staging"],
    [{ TARGET: "moto" }, "cdktf.out.moto", "state/moto/development"],
    [{ TARGET: "moto", ENVIRONMENT: "staging" }, "cdktf.out.moto.staging", "state/moto/staging"],
    [{ AWS_REGION: "eu-west-1" }, "cdktf.out.development.eu-west-1", "state/development/eu-west-1"],
    [
      { ENVIRONMENT: "staging", NAME_PREFIX: "acme" },
      "cdktf.out.staging.us-east-1.acme",
      "state/staging/us-east-1/acme",
    ],
  ])(
    "of %j has an output folder of its own, and its state where the stacks keep it",
    (env, output, state) => {
      const choice = chooseDeployment({}, env);

      expect(outputFolder(choice)).toBe(output);
      expect(stateFolder(choice)).toBe(state);
      expect(stateFolder(choice)).toBe(`state/${readConfig(env).state.prefix}`);
    },
  );
});

describe("choosing a state", () => {
  it.each<[StateWords, Record<string, string>, DeploymentChoice | undefined]>([
    [{ state: false }, {}, undefined],
    [{ state: false }, { TARGET: "moto" }, undefined],
    [{ state: true }, { TARGET: "moto" }, choice("development", "moto")],
    [{ state: true, target: "aws" }, { TARGET: "moto" }, development],
    [{ state: false, out: "folder" }, { ENVIRONMENT: "staging" }, undefined],
    [{ state: true }, {}, development],
    [{ state: true }, { ENVIRONMENT: "" }, development],
    [{ state: true }, { ENVIRONMENT: "staging" }, staging],
    [{ state: true, environment: "staging", target: "aws" }, { ENVIRONMENT: "test" }, staging],
    [{ state: true, target: "moto" }, {}, choice("development", "moto")],
  ])("%j with the variables %j is %j", (words, env, expected) => {
    expect(chooseState(words, env)).toEqual(expected);
  });

  it.each<[StateWords, string]>([
    [{ state: false, environment: "staging" }, "they need --state"],
    [{ state: false, target: "moto" }, "they need --state"],
    [{ state: true, out: "folder" }, "give one of the two"],
  ])("refuses %j", (words, message) => {
    const choose = () => chooseState(words, {});

    expect(choose).toThrow(UsageError);
    expect(choose).toThrow(message);
  });
});

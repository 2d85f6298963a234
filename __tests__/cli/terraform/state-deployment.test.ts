import { rmSync } from "node:fs";
import path from "node:path";
import type { DeploymentChoice } from "../../../cli/common/deployment-choice";
import { deploymentFromState } from "../../../cli/terraform/state-deployment";
import { isRunning } from "../../../local/command/process-state";
import { UserError } from "../../../local/kernel/user-error";
import { startRuntime } from "../../../local/runtime";
import { recordedStates, resourcesIn } from "../../local/state/recorded";
import { eventually } from "../../support/local-runtime";
import { DeployedProject } from "../support/deployed-project";

// The handlers are bundled once, and each test runs a process for each stack.
jest.setTimeout(60_000);

const choice = (environment: string, target: "aws" | "moto" = "aws"): DeploymentChoice => {
  return { environment, target, region: "us-east-1", namePrefix: "" };
};
const development = choice("development");
const staging = choice("staging");
const empty = { format_version: "1.0" };

let deployed: DeployedProject;

afterEach(() => deployed?.remove());

const read = (chosen = development, signal = new AbortController().signal) =>
  deploymentFromState(chosen, { project: deployed.project, signal });

describe("reading what Terraform deployed", () => {
  it("takes the resources of all stacks, with the code that was deployed beside them", async () => {
    deployed = new DeployedProject();

    const deployment = await read();

    const addresses = resourcesIn(recordedStates())
      .filter(({ type }) => type !== "terraform_remote_state")
      .map(({ address }) => address);
    expect(deployment.resources.map(({ address }) => address).sort()).toEqual(addresses.sort());
    expect(deployment.stackFolder("secure-edge")).toBe(
      path.join(deployed.project, "cdktf.out", "stacks", "secure-edge"),
    );
  });

  it.each<[DeploymentChoice, string]>([
    [choice("development", "moto"), "cdktf.out.moto"],
    [staging, "cdktf.out.staging"],
    [choice("staging", "moto"), "cdktf.out.moto.staging"],
  ])("looks for %j where it was deployed from", async (chosen, output) => {
    deployed = new DeployedProject(output);
    const states = recordedStates();
    deployed.show({
      ...states,
      "secure-edge": { ...states["secure-edge"], values: withEnvironment(chosen.environment) },
    });

    const deployment = await read(chosen);

    expect(deployment.stackFolder("secure-edge")).toBe(
      path.join(deployed.project, output, "stacks", "secure-edge"),
    );
  });

  it("ends Terraform when it is interrupted", async () => {
    deployed = new DeployedProject();
    const terraform = deployed.stay("secure-edge");
    const stopping = new AbortController();
    const interruption = new Error("interrupted");

    const reading = read(development, stopping.signal).catch((reason: unknown) => reason);
    const pid = await eventually(terraform.pid);
    stopping.abort(interruption);

    expect(await reading).toBe(interruption);
    await eventually(() => (isRunning(pid) ? undefined : true));
  });
});

describe("what cannot be served from a state says what to do", () => {
  it.each<[string, DeploymentChoice, (project: DeployedProject) => void, RegExp]>([
    [
      "an environment that was never deployed from here",
      staging,
      () => {},
      /^the environment staging is not deployed from here \(cdktf\.out\.staging is not there\): ENVIRONMENT=staging npm run deploy$/,
    ],
    [
      "a target that was never deployed to",
      choice("development", "moto"),
      () => {},
      /^the environment development of the target moto .*: npm run deploy -- --target moto$/,
    ],
    [
      "an environment that was destroyed",
      development,
      (project) => project.show({ "shared-messaging": empty, "secure-edge": empty }),
      /^the environment development is not deployed, Terraform's states are empty: npm run deploy$/,
    ],
    [
      "one stack without the other",
      development,
      (project) => project.show({ "secure-edge": empty }),
      /the stack secure-edge is not deployed, its state is empty; the API needs every stack: npm run deploy$/,
    ],
    [
      "another environment in the same folder",
      development,
      (project) =>
        project.show({ "secure-edge": { format_version: "1.0", values: withEnvironment("staging") } }),
      /^cdktf\.out holds the environment staging, not development: npm run deploy$/,
    ],
    [
      "a machine without Terraform",
      development,
      (project) => project.removeTerraform(),
      /^Terraform, which alone can read its state, is not on the PATH: https:/,
    ],
    [
      "a folder that was synthesized and not initialised",
      development,
      (project) =>
        project.fail(
          "secure-edge",
          '╷\n│ Error: Backend initialization required, please run "terraform init"\n│\n│ Reason: Initial configuration\n╵\n',
        ),
      /^Terraform is not initialised in .*cdktf\.out\/stacks\/secure-edge for the stack that is there: npm run diff$/,
    ],
    [
      "a folder whose providers are gone",
      development,
      (project) => project.fail("secure-edge", "│ Error: Failed to load plugin schemas\n"),
      /npm run diff$/,
    ],
    [
      "a state that Terraform cannot read",
      development,
      (project) =>
        project.fail(
          "secure-edge",
          "│ Warning: odd\n╷\n│ Error: No credentials\n│\n│ The state store\n│ refused.\n╵\n",
        ),
      /^Terraform cannot show the state of .*: Error: No credentials The state store refused\.$/,
    ],
    [
      "a Terraform that says nothing",
      development,
      (project) => project.fail("secure-edge", "\n"),
      /: it said nothing$/,
    ],
    [
      "a Terraform that does not speak JSON",
      development,
      (project) => project.print("secure-edge", "No state."),
      /printed no JSON: "No state\."; install Terraform 1\.10 or newer/,
    ],
  ])("%s", async (_what, chosen, prepare, message) => {
    deployed = new DeployedProject();
    prepare(deployed);

    const error: unknown = await read(chosen).catch((reason) => reason);

    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
  });

  it("a function whose code is gone", async () => {
    deployed = new DeployedProject();
    const assets = path.join(deployed.project, "cdktf.out", "stacks", "secure-edge", "assets");
    rmSync(assets, { recursive: true });

    const deployment = await read();

    await expect(startRuntime({ deployment, port: 0 })).rejects.toThrow(
      /^aws_lambda_function\.ExternalLambda1 \(stack secure-edge\): its code .* is not there; synthesize the stacks again \(cdktf synth\), or name the folder from which Terraform ran \(--root\)$/,
    );
  });
});

/** The values of a small stack of that environment. */
function withEnvironment(environment: string) {
  const arn = "arn:aws:sns:us-east-1:123456789012:T";
  return {
    outputs: { environment: { value: environment } },
    root_module: { resources: [{ address: "aws_sns_topic.T", type: "aws_sns_topic", values: { arn } }] },
  };
}

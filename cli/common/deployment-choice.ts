import { UsageError } from "../../local/kernel/user-error";
import { deploymentPath, type Naming } from "../../stacks/common/names";
import { readSettings, type SettingValues } from "../../stacks/common/settings";

/** Where a deployment is: AWS, or moto, an AWS API on this machine. */
export type DeploymentTarget = SettingValues["TARGET"];

/** Which deployment is meant: what the options and the settings say together. */
export interface DeploymentChoice extends Naming {
  readonly target: DeploymentTarget;
}

/** The options with which a call names a deployment. */
export interface DeploymentWords {
  readonly environment?: string | undefined;
  readonly target?: DeploymentTarget | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The deployment that the options name; what they leave open the settings say.
 *
 * @throws SettingsError where a setting is wrong: nothing but a known word is ever taken for AWS
 */
export function chooseDeployment(words: DeploymentWords, env: Environment): DeploymentChoice {
  const set = readSettings({
    ...env,
    ...(words.environment === undefined ? {} : { ENVIRONMENT: words.environment }),
    ...(words.target === undefined ? {} : { TARGET: words.target }),
  });
  return {
    environment: set.ENVIRONMENT,
    region: set.AWS_REGION,
    namePrefix: set.NAME_PREFIX,
    target: set.TARGET,
  };
}

/** The words of `npm start` that say whether to read Terraform's state, and which. */
export interface StateWords extends DeploymentWords {
  readonly state: boolean;
  readonly out?: string | undefined;
}

/**
 * Which deployment's state to read, `undefined` where none is to be read.
 *
 * @param env whose settings hold where the words say nothing
 * @throws UsageError for words that contradict each other
 */
export function chooseState(
  { state, environment, target, out }: StateWords,
  env: Readonly<Record<string, string | undefined>>,
): DeploymentChoice | undefined {
  if (!state) {
    if (environment === undefined && target === undefined) return undefined;
    throw new UsageError("--environment and --target say whose state to read: they need --state");
  }
  if (out !== undefined)
    throw new UsageError("--out serves a synthesized folder, --state what is deployed: give one of the two");
  return chooseDeployment({ environment, target }, env);
}

/** Where the states of a deployment are, below the checkout. */
export function stateFolder(choice: DeploymentChoice): string {
  return ["state", ...(choice.target === "moto" ? ["moto"] : []), ...deploymentPath(choice)].join("/");
}

/**
 * The output folder of a deployment. Terraform remembers in it where the state is, so each deployment has its own: a change
 * of environment never looks like a change of the state's place.
 */
export function outputFolder(choice: DeploymentChoice): string {
  const [environment, ...more] = deploymentPath(choice);
  const isPlain = environment === "development" && more.length === 0;
  const words = isPlain ? [] : [environment, ...more];
  return ["cdktf.out", ...(choice.target === "moto" ? ["moto"] : []), ...words].join(".");
}

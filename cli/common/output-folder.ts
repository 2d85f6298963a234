/** Where a deployment's environment is known from: what `ENVIRONMENT` and `--target` say. */
export interface DeploymentChoice {
  readonly environment: string;
  readonly target: "aws" | "local";
}

/**
 * The output folder of an environment. Terraform remembers in it where the state is, so each environment has its own:
 * a change of environment never looks like a change of the state's place.
 */
export function outputFolder({ environment, target }: DeploymentChoice): string {
  if (target === "local")
    return environment === "development" ? "cdktf.out.local" : `cdktf.out.local.${environment}`;
  return environment === "development" ? "cdktf.out" : `cdktf.out.${environment}`;
}

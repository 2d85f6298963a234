import type { Deployment } from "../../deployment/deployment";
import { AwsError } from "../../kernel/aws-error";
import type { FunctionSettings } from "./function-settings";

const reference =
  /^(?:arn:aws:lambda:(?<region>[a-z0-9-]+):(?<account>\d{12}):function:|(?<partial>\d{12}):function:|function:)?(?<name>[\w-]+)(?::(?<qualifier>\$LATEST|[\w-]+))?$/;

/** Finds functions by what the API accepts as a function's name. */
export class FunctionDirectory {
  constructor(
    private readonly deployment: Deployment,
    readonly functions: readonly FunctionSettings[],
  ) {}

  /** The ARN, without qualifier, that a name, partial ARN or ARN stands for, whether there is such a function or not. */
  arnOf(text: string): string {
    const { region, account, name } = this.#parse(text);
    return `arn:aws:lambda:${region}:${account}:function:${name}`;
  }

  /**
   * The function that a name, partial ARN or ARN stands for. The version that runs is always `$LATEST`.
   *
   * @throws AwsError `ResourceNotFoundException` (404)
   */
  require(text: string, qualifierMember?: string): FunctionSettings {
    const arn = this.arnOf(text);
    const found = this.functions.find((settings) => settings.arn === arn);
    const qualifier = this.#parse(text).qualifier ?? qualifierMember ?? "$LATEST";
    if (found !== undefined && qualifier === "$LATEST") return found;
    const missing = qualifier === "$LATEST" ? arn : `${arn}:${qualifier}`;
    throw new AwsError("ResourceNotFoundException", `Function not found: ${missing}`, 404, { Type: "User" });
  }

  #parse(text: string): { region: string; account: string; name: string; qualifier: string | undefined } {
    const groups = reference.exec(text)?.groups;
    if (groups?.name === undefined) {
      throw new AwsError(
        "ValidationException",
        `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must be a function's name, partial ARN or ARN`,
      );
    }
    return {
      region: groups.region ?? this.deployment.region,
      account: groups.account ?? groups.partial ?? this.deployment.accountId,
      name: groups.name,
      qualifier: groups.qualifier,
    };
  }
}

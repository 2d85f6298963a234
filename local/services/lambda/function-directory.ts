import { formatArn, type Place } from "../../kernel/arn";
import { AwsError } from "../../kernel/aws-error";
import { type AsyncSettings, defaultAsyncSettings } from "./async-settings";
import type { FunctionSettings } from "./function-settings";

/** What an invocation's function name and qualifier stand for. */
export interface FunctionTarget {
  readonly settings: FunctionSettings;
  /** `$LATEST`, a version or an alias. */
  readonly qualifier: string;
  /** The version that the qualifier stands for. */
  readonly version: string;
  /** What permissions are about: with a version or an alias at its end where the caller named one. */
  readonly arn: string;
}

/** A name as the API takes it: `F`, `F:live`, `123456789012:function:F`, an ARN. */
export const functionNamePattern =
  "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";

const parts =
  /^(?:arn:[^:]+:lambda:)?(?:(?<region>[a-z]+(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[\w.-]+)(?::(?<qualifier>[$\w.-]+))?$/;

/** Finds functions by what the API accepts as a function's name. */
export class FunctionDirectory {
  constructor(
    private readonly place: Place,
    readonly functions: readonly FunctionSettings[],
  ) {}

  /** The ARN that permissions are about, whether there is such a function or not. */
  arnOf(text: string, qualifierMember?: string): string {
    const { arn, qualifier } = this.#parse(text, qualifierMember);
    return qualified(arn, qualifier === "$LATEST" ? undefined : qualifier);
  }

  /**
   * What a name, partial ARN or ARN stands for. The messages are those of localstack's recordings
   * (`test_function_name_and_qualifier_validation`, `test_get_function_wrong_region`).
   *
   * @param missingQualifier what the message of a missing function has at its end: `$LATEST` for Invoke, nothing for others
   * @throws AwsError `ResourceNotFoundException` (404), `InvalidParameterValueException` for two different qualifiers
   */
  require(text: string, qualifierMember?: string, missingQualifier?: string): FunctionTarget {
    const { region, arn, qualifier } = this.#parse(text, qualifierMember);
    if (region !== this.place.region)
      throw notFound(`Functions from '${region}' are not reachable in this region ('${this.place.region}')`);
    const settings = this.functions.find((candidate) => candidate.arn === arn);
    const version = settings && versionOf(settings, qualifier ?? "$LATEST");
    if (settings === undefined || version === undefined)
      throw notFound(`Function not found: ${qualified(arn, qualifier ?? missingQualifier)}`);
    return {
      settings,
      qualifier: qualifier ?? "$LATEST",
      version,
      arn: qualified(arn, qualifier === "$LATEST" ? undefined : qualifier),
    };
  }

  #parse(text: string, qualifierMember: string | undefined) {
    const groups = parts.exec(text)?.groups ?? {};
    const { region = this.place.region, account = this.place.accountId, name = text } = groups;
    const qualifier = groups.qualifier ?? qualifierMember;
    if (qualifierMember !== undefined && qualifier !== qualifierMember)
      throw new AwsError(
        "InvalidParameterValueException",
        "The derived qualifier from the function name does not match the specified qualifier.",
        400,
        { Type: "User" },
      );
    const arn = formatArn({ region, accountId: account }, "lambda", `function:${name}`);
    return { region, arn, qualifier };
  }
}

/** What becomes of the events of a version or an alias: each has settings of its own, or none. */
export function asyncSettingsOf({ settings, qualifier }: FunctionTarget): AsyncSettings {
  return settings.asynchronous.get(qualifier) ?? defaultAsyncSettings;
}

function versionOf(settings: FunctionSettings, qualifier: string): string | undefined {
  if (qualifier === "$LATEST" || qualifier === settings.publishedVersion) return qualifier;
  return settings.aliases.get(qualifier)?.version;
}

function qualified(arn: string, qualifier: string | undefined): string {
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message, 404, { Type: "User" });
}

import { operationInputs } from "../../../local/aws-api/operation-inputs";
import { AwsError } from "../../../local/kernel/aws-error";
import type { Members } from "../../../local/kernel/input";
import { cognito } from "../../../local/services/cognito/service";
import { lambda } from "../../../local/services/lambda/service";
import { logs } from "../../../local/services/logs/service";
import { secretsManager } from "../../../local/services/secretsmanager/service";
import { sqs } from "../../../local/services/sqs/service";

/** How what an API model excludes is worded. That every constraint of every operation holds is the contract test's. */

type Definition = Pick<typeof logs, "inputs" | "errors">;

function refusal({ inputs, errors }: Definition, operation: string, members: Members): string {
  try {
    inputs.check(operation, members, errors.input);
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "none";
}

test("everything that is wrong is named, and of one value the pattern before the length, as AWS does", () => {
  expect(refusal(logs, "GetLogEvents", { logGroupName: "", limit: 0 })).toBe(
    "InvalidParameterException: 4 validation errors detected: " +
      "Value '' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+; " +
      "Value '' at 'logGroupName' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
      "Value null at 'logStreamName' failed to satisfy constraint: Member must not be null; " +
      "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  );
});

test("the items of a list are refused together, with every constraint on them", () => {
  expect(refusal(logs, "FilterLogEvents", { logStreamNames: ["fine", "a:b"] })).toBe(
    "InvalidParameterException: 1 validation error detected: Value '[fine, a:b]' at 'logStreamNames' failed to satisfy constraint: " +
      "Member must satisfy constraint: [Member must have length less than or equal to 512, " +
      "Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [^:*]*]",
  );
});

test("a member of a structure in a list is refused at its own place", () => {
  const Filters = [{ Key: "name" }, { Key: "size" }];

  expect(refusal(secretsManager, "ListSecrets", { Filters })).toBe(
    "ValidationException: 1 validation error detected: Value 'size' at 'filters.2.member.key' failed to satisfy constraint: " +
      "Member must satisfy enum value set: [description, name, tag-key, tag-value, primary-region, owning-service, all]",
  );
});

test("what the model calls sensitive is not repeated, what it does not is", () => {
  const input = { UserPoolId: "a b", Username: "no spaces", Password: "hunter 2" };
  const told = refusal(cognito, "AdminSetUserPassword", input);

  expect(told).toContain("Value 'a b' at 'userPoolId'");
  expect(told).toContain("Value at 'username'");
  expect(told).toContain("Value at 'password'");
  expect(told).not.toMatch(/spaces|hunter/);
});

test("SQS, which has no such validator, says it in its own words", () => {
  const input = { QueueUrl: "http://localhost/q", MessageSystemAttributeNames: ["Odd"] };

  expect(refusal(sqs, "ReceiveMessage", input)).toMatch(
    /^InvalidParameterValue: Value \["Odd"\] for parameter MessageSystemAttributeNames is invalid\. Reason: Member must satisfy/,
  );
});

test("members that no operation used to look at are held to the model", () => {
  const call = { ClientId: "a", AuthFlow: "USER_AUTH" };

  expect(refusal(cognito, "InitiateAuth", { ...call, UserContextData: { IpAddress: 7 } })).toMatch(
    /^Serialization/,
  );
  expect(refusal(cognito, "InitiateAuth", { ...call, UserContextData: { IpAddress: "::1" } })).toBe("none");
  expect(refusal(lambda, "Invoke", { FunctionName: "f", TenantId: "a|b" })).toContain("'tenantId'");
});

test("digits are a number and a word is a boolean, as forms and query strings have them", () => {
  expect(refusal(logs, "FilterLogEvents", { limit: "7", interleaved: "true" })).toBe("none");
  expect(refusal(logs, "FilterLogEvents", { limit: "10001" })).toContain("Value '10001' at 'limit'");
  expect(refusal(logs, "FilterLogEvents", { limit: 2 ** 31 })).toMatch(
    /^SerializationException: NUMBER_VALUE/,
  );
  expect(refusal(logs, "FilterLogEvents", { startTime: 2 ** 31 })).toBe("none");
});

test("a member that is null is not given, and one that the model does not have is passed over", () => {
  expect(refusal(logs, "FilterLogEvents", { limit: null, somethingElse: [] })).toBe("none");
  expect(logs.inputs.known("FilterLogEvents", { limit: 1, somethingElse: [] })).toEqual({ limit: 1 });
});

test("a request has the members where the model says: in headers, under other names in the query string, in the body", () => {
  const { headers, payloadMember } = lambda.inputs.places("Invoke");

  expect([headers?.["x-amz-tenant-id"], payloadMember]).toEqual(["TenantId", "Payload"]);
});

test("a correction of a structure that the model does not have is a defect", () => {
  const folder = `${__dirname}/../../../local/services/sqs`;

  expect(() => operationInputs(folder, { required: { Odd: [] } }).of("ListQueues")).toThrow(
    "the API model has no structure Odd to correct",
  );
});

import type { TestRuntime } from "../../support/local-runtime";

/** The messages of a log group of the deployment, oldest first. */
export async function logMessages(test: TestRuntime, logGroupName: string): Promise<string[]> {
  const { body } = await test.aws("Logs_20140328.FilterLogEvents", { logGroupName });
  return (body.events as { message: string }[]).map(({ message }) => message);
}

/** The messages of every log group, the group's name with each. */
export async function everyLogMessage(test: TestRuntime): Promise<{ group: string; message: string }[]> {
  const { body } = await test.aws("Logs_20140328.DescribeLogGroups", {});
  const groups = (body.logGroups as { logGroupName: string }[]).map(({ logGroupName }) => logGroupName);
  const messages = await Promise.all(
    groups.map(async (group) => (await logMessages(test, group)).map((message) => ({ group, message }))),
  );
  return messages.flat();
}

import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import { functionName, readEnvironment } from "../common/environment";
import { FailedRecordsError, greetingOf, readRecord, recordsOf } from "./core";

export type InternalHandler = (event: unknown, context: Context) => Promise<void>;

/**
 * The handler of InternalLambda: logs the receipt and the response for each record, whatever the others are like, and
 * then throws `FailedRecordsError` if any could not be handled.
 *
 * @throws Error when the environment variables are wrong
 */
export function createHandler(env: Readonly<Record<string, string | undefined>>): InternalHandler {
  const logger = new Logger({ serviceName: "internal" });
  const settings = readEnvironment({ AWS_LAMBDA_FUNCTION_NAME: functionName }, env);

  return async (event, context) => {
    logger.resetKeys();
    logger.addContext(context);
    const results = recordsOf(event).map(readRecord);
    for (const result of results) {
      const fields = { message_id: result.messageId };
      if (result.ok) {
        logger.info("Received a name from SNS", { ...fields, received_name: result.name });
        logger.info(greetingOf(result.name, settings.AWS_LAMBDA_FUNCTION_NAME), fields);
      } else {
        logger.error("Could not handle a record", { ...fields, reason: result.reason });
      }
    }
    const failed = results.filter((result) => !result.ok).map((result) => result.messageId);
    if (failed.length > 0) throw new FailedRecordsError(failed, results.length);
  };
}

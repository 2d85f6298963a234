import { Logger } from "@aws-lambda-powertools/logger";
import { type ApiHandler, apiHandler } from "../common/api-handler";
import { KeptValue } from "../common/kept-value";
import { createClients } from "./clients";
import { answerTo, forward, type Outcome } from "./core";
import { publishName } from "./publisher";
import { readSettings } from "./settings";
import { readTopicArn } from "./topic-secret";

/** Kept back of the function's time to log and to answer: what is cut off by Lambda's timeout answers nothing at all. */
const RESERVE_MS = 1_000;

/**
 * The handler of every external function; which one it is, its own name says. Clients and the topic's address live as
 * long as the instance. Logs hold no token, no body, no name, nothing of the secret.
 *
 * @throws Error when the environment variables are wrong
 */
export function createHandler(env: Readonly<Record<string, string | undefined>>): ApiHandler {
  const logger = new Logger({ serviceName: "external" });
  const settings = readSettings(env);
  const { sns, secretsManager } = createClients();
  const topic = new KeptValue({
    read: (signal) => readTopicArn(secretsManager, settings.topicSecretArn, signal),
    maxAgeMs: settings.topicMaxAgeMs,
    now: () => Date.now(),
    onStale: (error) =>
      logger.warn("The topic's address could not be read again; the old one stays in use", {
        dependency: error.details,
      }),
  });

  return apiHandler({
    logger,
    env,
    corsOrigins: settings.corsOrigins,
    async answer(request, context) {
      const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS));
      const outcome = await forward(request, (name) => publishName(sns, topic, name, signal));
      logOutcome(logger, outcome);
      return answerTo(outcome, settings.functionName);
    },
  });
}

function logOutcome(logger: Logger, outcome: Outcome): void {
  switch (outcome.kind) {
    case "forwarded":
      logger.info("Forwarded the name to the topic", { message_id: outcome.messageId });
      break;
    case "rejected":
      logger.warn("Rejected the request", { reason: outcome.reason });
      break;
    case "undelivered":
      logger.error("The name could not be forwarded", {
        trouble: outcome.error.trouble,
        dependency: outcome.error.details,
      });
  }
}

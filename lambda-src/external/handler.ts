import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import { createClients } from "./clients";
import { answerTo, forward, INTERNAL_ERROR, type Outcome } from "./core";
import { publishName } from "./publisher";
import { headerOf, type ProxyRequest } from "./request";
import { type Answer, type ProxyResponse, proxyResponse } from "./response";
import { readSettings } from "./settings";
import { TopicAddress } from "./topic-address";
import { readTopicArn } from "./topic-secret";

export type ExternalHandler = (request: ProxyRequest, context: Context) => Promise<ProxyResponse>;

/** Kept back of the function's time to log and to answer: what is cut off by Lambda's timeout answers nothing at all. */
const RESERVE_MS = 1_000;

/**
 * The handler of every external function; which one it is, its own name says. Clients and the topic's address live as
 * long as the instance. Logs hold no token, no body, no name, nothing of the secret.
 *
 * @throws Error when the environment variables are wrong
 */
export function createHandler(env: Readonly<Record<string, string | undefined>>): ExternalHandler {
  const logger = new Logger({ serviceName: "external" });
  const settings = readSettings(env);
  const { sns, secretsManager } = createClients();
  const topic = new TopicAddress({
    read: (signal) => readTopicArn(secretsManager, settings.topicSecretArn, signal),
    maxAgeMs: settings.topicMaxAgeMs,
    now: () => Date.now(),
    onStale: (error) =>
      logger.warn("The topic's address could not be read again; the old one stays in use", {
        dependency: error.details,
      }),
  });

  async function answer(request: ProxyRequest, context: Context): Promise<Answer> {
    try {
      const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS));
      const outcome = await forward(request, (name) => publishName(sns, topic, name, signal));
      logOutcome(logger, outcome);
      return answerTo(outcome, settings.functionName);
    } catch (error) {
      logger.error("The handler failed", error instanceof Error ? error : String(error));
      return INTERNAL_ERROR;
    }
  }

  return async (request, context) => {
    logger.resetKeys();
    logger.addContext(context);
    logger.appendKeys({ api_gateway_request_id: request.requestContext?.requestId });
    return proxyResponse(await answer(request, context), headerOf(request, "origin"), settings.corsOrigins);
  };
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

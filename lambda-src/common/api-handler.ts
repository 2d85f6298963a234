import type { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import { headerOf, type ProxyRequest } from "./request";
import { type Answer, type ProxyResponse, proxyResponse } from "./response";
import { isInGroup, readRouteGroups } from "./route-groups";

export type ApiHandler = (request: ProxyRequest, context: Context) => Promise<ProxyResponse>;

export interface ApiHandlerProps {
  readonly logger: Logger;
  /** The process's environment: the stack says in it which routes ask for groups. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The origins whose pages may read the answers. */
  readonly corsOrigins: readonly string[];
  /** The answer to a request whose caller may have one. Whatever it throws becomes a 500 that tells nothing. */
  readonly answer: (request: ProxyRequest, context: Context) => Promise<Answer>;
}

/** The answer when the function itself is at fault. */
const INTERNAL_ERROR: Answer = { statusCode: 500, body: { message: "Internal server error" } };

/** The answer to somebody whom the authorizer knows, and who is in none of the route's groups. */
const FORBIDDEN: Answer = { statusCode: 403, body: { message: "Forbidden" } };

/**
 * What every handler behind API Gateway has in common: the caller's groups are checked before anything else, every answer
 * carries the security headers, every log line names the request, and no error gets out.
 *
 * @throws Error when the environment names groups in a way that cannot be read
 */
export function apiHandler({ logger, env, corsOrigins, answer }: ApiHandlerProps): ApiHandler {
  const groups = readRouteGroups(env);

  async function answerSafely(request: ProxyRequest, context: Context): Promise<Answer> {
    try {
      if (!isInGroup(groups, request)) {
        logger.warn("The caller is in none of the route's groups");
        return FORBIDDEN;
      }
      return await answer(request, context);
    } catch (error) {
      logger.error("The handler failed", error instanceof Error ? error : String(error));
      return INTERNAL_ERROR;
    }
  }

  return async (request, context) => {
    logger.resetKeys();
    logger.addContext(context);
    logger.appendKeys({ api_gateway_request_id: request.requestContext?.requestId });
    return proxyResponse(await answerSafely(request, context), headerOf(request, "origin"), corsOrigins);
  };
}

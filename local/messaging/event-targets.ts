import type { EventTargets } from "../lambda/event-targets";
import { readPublishRequest } from "./publish-request";
import type { Queues } from "./queues";
import type { Topics } from "./topics";

/** The deployment's queues and topics as targets of Lambda's. `topics` is asked late: they deliver to functions. */
export function eventTargets(queues: Queues, topics: () => Topics): EventTargets {
  return {
    sendToQueue: (queueArn, body, attributes) => {
      queues.send(queueArn, body, attributes, "lambda.amazonaws.com");
    },
    publishToTopic: (topicArn, message, attributes) => {
      topics().publish(topicArn, readPublishRequest({ Message: message, MessageAttributes: attributes }));
    },
  };
}

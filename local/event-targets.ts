import type { EventTargets } from "./kernel/event-targets";
import { readPublishRequest } from "./services/sns/publish-request";
import type { Queues } from "./services/sqs/queues";
import type { Topics } from "./services/sns/topics";

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

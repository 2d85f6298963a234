import type { QueueView, TopicView } from "../../contract";
import { BusyButton } from "../components/busy-button";
import { CodeBlock } from "../components/code-block";
import { Empty, Loaded, Page } from "../components/page";
import { toast } from "../components/toasts";
import { aws, call } from "../kit/api";
import { ago, arnName, count, counted, pretty } from "../kit/format";
import { useNow, usePlace, useResource } from "../kit/hooks";
import { hrefOf } from "../kit/router";
import { MessageWay } from "../requests/runs";

/** Topics with their subscriptions, queues with what is in them, and the way of each message. */
export function MessagesPage() {
  const messages = useResource("GET /api/messages", {}, ["updated", "notice"]);
  const [opened] = usePlace().parts;
  return (
    <Page title="Messages" lead="Topics, subscriptions, queues and dead letters.">
      <Loaded of={messages}>
        {({ topics, queues, recent }) => (
          <>
            {topics.map((topic) => (
              <Topic key={topic.arn} topic={topic} isOpened={topic.name === opened} />
            ))}
            {queues.map((queue) => (
              <Queue
                key={queue.arn}
                queue={queue}
                isOpened={queue.name === opened}
                reload={messages.reload}
              />
            ))}
            <section class="card" aria-label="Messages">
              <h2>Messages, newest first</h2>
              {recent.length === 0 ? (
                <Empty title="No message yet.">
                  <a href={hrefOf("try")}>Send a request</a> that the function publishes.
                </Empty>
              ) : (
                recent.map((message) => <MessageWay key={message.messageId} message={message} />)
              )}
            </section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Topic({ topic, isOpened }: { topic: TopicView; isOpened: boolean }) {
  return (
    <section class={isOpened ? "card opened" : "card"} aria-label={topic.name}>
      <h2>
        ✉ {topic.name} <span class="muted">topic</span>
      </h2>
      <p class="muted">
        <code>{topic.arn}</code>
      </p>
      {topic.subscriptions.length === 0 ? (
        <p class="muted">Nothing is subscribed: what is published goes nowhere.</p>
      ) : (
        <div class="scroll-x">
          <table>
            <thead>
              <tr>
                <th scope="col">Subscription</th>
                <th scope="col">Delivered</th>
                <th scope="col">Failed</th>
                <th scope="col">Dead letters</th>
              </tr>
            </thead>
            <tbody>
              {topic.subscriptions.map((subscription) => (
                <tr key={subscription.arn}>
                  <td>
                    {subscription.protocol}{" "}
                    {subscription.protocol === "lambda" ? (
                      <a href={hrefOf("functions", [arnName(subscription.endpoint)])}>
                        {arnName(subscription.endpoint)}
                      </a>
                    ) : (
                      arnName(subscription.endpoint)
                    )}
                  </td>
                  <td data-label="Delivered">{count(subscription.delivered)}</td>
                  <td data-label="Failed" class={subscription.failed > 0 ? "bad" : ""}>
                    {count(subscription.failed)}
                  </td>
                  <td data-label="Dead letters">
                    {subscription.deadLetterQueue === undefined ? (
                      <span class="muted">none</span>
                    ) : (
                      arnName(subscription.deadLetterQueue)
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Queue({ queue, isOpened, reload }: { queue: QueueView; isOpened: boolean; reload: () => void }) {
  const now = useNow();
  const redrive = async () => {
    const { redriven, left, why } = await call("POST /api/messages/redrive", {
      input: { queueArn: queue.arn },
    });
    toast(`${counted(redriven, "message")} given back${left > 0 ? `, ${left} left: ${why ?? ""}` : ""}.`);
    reload();
  };
  const purge = async () => {
    await aws("sqs", "PurgeQueue", { QueueUrl: queue.url });
    toast(`${queue.name} is empty.`);
    reload();
  };
  return (
    <section class={isOpened ? "card opened" : "card"} aria-label={queue.name}>
      <h2>
        ☰ {queue.name}{" "}
        <span class="muted">
          queue, {counted(queue.visible, "message")}
          {queue.notVisible > 0 && `, ${queue.notVisible} in flight`}
        </span>
      </h2>
      {queue.deadLettersOf.length > 0 && (
        <p class="muted">Takes the dead letters of: {queue.deadLettersOf.map(arnName).join(", ")}.</p>
      )}
      {queue.messages.length === 0 ? (
        <p class="muted">Empty{queue.deadLettersOf.length > 0 && ": nothing was undeliverable"}.</p>
      ) : (
        <>
          <div class="buttons">
            {queue.deadLettersOf.length > 0 && <BusyButton onPress={redrive}>Redrive</BusyButton>}
            <BusyButton onPress={purge} confirm={`Empty ${queue.name}?`}>
              Purge
            </BusyButton>
          </div>
          {queue.messages.map((message) => (
            <details key={message.messageId}>
              <summary>
                <code>{message.messageId}</code>{" "}
                <span class="muted">
                  {ago(message.sentAt, now)} · received {counted(message.receiveCount, "time")}
                </span>
              </summary>
              {message.body === undefined ? (
                <p class="muted">
                  Bodies are not kept: press “Keep bodies” on the page{" "}
                  <a href={hrefOf("requests")}>Requests</a>.
                </p>
              ) : (
                <CodeBlock label="Body" text={pretty(message.body)} />
              )}
              <dl class="facts">
                {Object.entries(message.attributes).map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            </details>
          ))}
        </>
      )}
    </section>
  );
}

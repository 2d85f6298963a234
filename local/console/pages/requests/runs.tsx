import type { AwsCallView, MessageView, RequestDetail, RunView } from "../../contract";
import { Badge, type Tone } from "../components/badge";
import { Lines } from "../components/lines";
import { arnName, arnResource, clockTime, duration, withNames } from "../kit/format";
import { hrefOf } from "../kit/router";

/** What a request caused: runs of functions with their calls and lines, and messages with their way. */
export function Aftermath({ request }: { request: RequestDetail }) {
  const { runs, messages } = request;
  return (
    <>
      {runs.map((run) => (
        <Run key={run.requestId} run={run} />
      ))}
      {messages.length > 0 && (
        <section class="card" aria-label="Messages">
          <h3>Messages</h3>
          {messages.map((message) => (
            <MessageWay key={message.messageId} message={message} />
          ))}
        </section>
      )}
    </>
  );
}

const RUN_TONES: Readonly<Record<RunView["outcome"], Tone>> = {
  running: "info",
  succeeded: "good",
  failed: "fail",
  "timed out": "fail",
  crashed: "fail",
};

export function Run({ run }: { run: RunView }) {
  const took = [
    clockTime(run.at),
    ...(run.durationMs === undefined ? [] : [duration(run.durationMs)]),
    ...(run.billedMs === undefined ? [] : [`billed ${run.billedMs} ms`]),
    ...(run.cold === true ? ["new instance"] : []),
  ];
  return (
    <section class="card run" aria-label={`Run of ${run.functionName}, ${run.requestId}`}>
      <h3>
        λ <a href={hrefOf("functions", [run.functionName])}>{run.functionName}</a>{" "}
        <Badge tone={RUN_TONES[run.outcome]}>{run.outcome}</Badge>
      </h3>
      <p class="muted">
        {took.join(" · ")} · <code>{run.requestId}</code>
      </p>
      {run.calls.length > 0 && (
        <ul class="calls" aria-label="Calls of AWS">
          {run.calls.map((call, index) => (
            <Call key={`${index}${call.at}`} call={call} />
          ))}
        </ul>
      )}
      {run.lines.length > 0 && (
        <Lines lines={run.lines} label={`Log lines of ${run.functionName}, ${run.requestId}`} />
      )}
      <a href={hrefOf("logs", [], { group: run.logGroup, q: run.requestId })}>
        All lines of this run in Logs
      </a>
    </section>
  );
}

function Call({ call }: { call: AwsCallView }) {
  return (
    <li>
      <Badge tone={call.allowed ? (call.status < 400 ? "good" : "fail") : "bad"}>
        {call.allowed ? "allowed" : "denied"}
      </Badge>
      <span>
        <b>{call.action ?? `${call.service}:${call.operation}`}</b>
        {call.resource !== undefined && <code class="muted"> {arnResource(call.resource)}</code>}
        <span class="muted">
          {" "}
          {call.decidedBy === undefined
            ? call.allowed
              ? "no permission needed"
              : "nothing allows it"
            : `by ${call.decidedBy.statement} of ${call.decidedBy.policy}`}
        </span>
        {call.why !== undefined && <span class="bad"> {call.why}</span>}
      </span>
      <span class="took">
        {call.status}
        {call.error !== undefined && ` ${call.error}`} · {duration(call.durationMs)}
      </span>
    </li>
  );
}

const HOP_TONES: Readonly<Record<MessageView["hops"][number]["kind"], Tone>> = {
  filtered: "quiet",
  delivered: "good",
  failed: "bad",
  waiting: "warn",
  "dead letter": "fail",
  lost: "fail",
};

export function MessageWay({ message }: { message: MessageView }) {
  return (
    <div class="message">
      <p>
        ✉ <b>{message.topicArn === undefined ? "event" : arnName(message.topicArn)}</b>{" "}
        <span class="muted">
          {clockTime(message.at)} · <code>{message.messageId}</code>
        </span>
        {message.causedBy !== undefined && (
          <>
            {" "}
            · <a href={hrefOf("requests", [message.causedBy])}>the request</a>
          </>
        )}
      </p>
      <ol class="hops">
        {message.hops.map((hop, index) => (
          <li key={`${index}${hop.at}`}>
            <Badge tone={HOP_TONES[hop.kind]}>{hop.kind}</Badge>
            <span>
              {arnName(hop.to)}
              {hop.attempt !== undefined && <span class="muted"> attempt {hop.attempt}</span>}{" "}
              <span class="muted">{withNames(hop.detail)}</span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

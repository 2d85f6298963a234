import { useState } from "preact/hooks";
import type { Advice, RequestDetail, TryRequest } from "../../contract";
import { Badge, outcomeTone, Status, splitPrediction } from "../components/badge";
import { CopyButton } from "../components/code-block";
import { Empty, Loaded } from "../components/page";
import { consoleState } from "../kit/api";
import { clockTime, duration } from "../kit/format";
import { useResource, useStore } from "../kit/hooks";
import { useKey } from "../kit/keyboard";
import { go, hrefOf } from "../kit/router";
import { Answer } from "./answer";
import { Ladder } from "./ladder";
import { Aftermath } from "./runs";

/** One request: what decided it, every layer that it went through, what it caused, and what AWS would log. */
export function RequestView({
  id,
  closeHref,
  isAnswerShown = false,
}: {
  id: string;
  closeHref?: string;
  /** Whether the page shows the answer already. */
  isAnswerShown?: boolean;
}) {
  const [isUnmasked, setUnmasked] = useState(false);
  const detail = useResource(
    "GET /api/requests/{id}",
    { path: { id }, query: { unmasked: isUnmasked ? "true" : undefined } },
    ["updated"],
  );
  if (detail.status === 404 && detail.data === undefined) {
    return (
      <Empty title="This request is not kept any more.">
        The newest 10,000 are. Go back to <a href={hrefOf("requests")}>all requests</a>.
      </Empty>
    );
  }
  return (
    <Loaded of={detail}>
      {(request) => (
        <>
          <Head request={request} closeHref={closeHref} />
          {request.advice !== undefined && <HowToGetThrough advice={request.advice} />}
          <div class="request-columns">
            <div>
              <Ladder request={request} />
              <Aftermath request={request} />
            </div>
            <div>
              <Answer
                request={request}
                isUnmasked={isUnmasked}
                onUnmask={setUnmasked}
                isAnswerShown={isAnswerShown}
              />
            </div>
          </div>
        </>
      )}
    </Loaded>
  );
}

function Head({ request, closeHref }: { request: RequestDetail; closeHref: string | undefined }) {
  const { method, path, query, status, at, durationMs, sourceIp, caller, decidedBy, defencesOff } = request;
  const again = tryHref(sameAgain(request));
  useKey("t", "try this request again", () => go(again));
  const { said, prediction } = splitPrediction(decidedBy.detail);
  const names = useStore(consoleState) === undefined ? [] : defencesOff;
  return (
    <header class="request-head">
      <h2>
        <Status code={status} /> {method} {path}
        {query !== undefined && <span class="muted">?{query}</span>}
      </h2>
      <div class="tools">
        {closeHref !== undefined && (
          <a class="button small" href={again}>
            Try again
          </a>
        )}
        <CopyButton text={request.curl} what="the request as curl">
          Copy as curl
        </CopyButton>
        {closeHref !== undefined && (
          <a class="button small" href={closeHref} aria-label="Close the request">
            ✕
          </a>
        )}
      </div>
      <p>
        <Badge tone={outcomeTone(request)}>
          {request.outcome} by {decidedBy.layer}
        </Badge>{" "}
        <b>{said}</b>
        {prediction !== undefined && (
          <>
            {" "}
            <Badge tone="warn">{prediction}</Badge>
          </>
        )}
      </p>
      <p class="muted">
        {clockTime(at)} · {duration(durationMs)} · from {sourceIp} ·{" "}
        {caller === undefined ? (
          "nobody signed in"
        ) : (
          <>
            <a href={hrefOf("users", [caller.pool], { user: caller.username })}>
              {caller.username ?? caller.sub}
            </a>{" "}
            of {caller.poolName}
          </>
        )}{" "}
        · <code>{request.id}</code>
      </p>
      {names.length > 0 && (
        <p class="problem">
          Answered while a defence was off: <a href={hrefOf("defences")}>{names.join(", ")}</a>
        </p>
      )}
    </header>
  );
}

function HowToGetThrough({ advice }: { advice: Advice }) {
  return (
    <section class="advice" aria-label="How to get through">
      <h3>How to get through</h3>
      <p>{advice.text}</p>
      {advice.address !== undefined && (
        <p class="muted">
          set by <code>{advice.address}</code>
        </p>
      )}
      {advice.request !== undefined && (
        <a class="button primary" href={tryHref(advice.request)}>
          Try it that way
        </a>
      )}
    </section>
  );
}

/** The same request by the same caller, as far as it is known: a body only where bodies were kept. */
function sameAgain({ method, path, query, caller, exchange }: RequestDetail): TryRequest {
  const [, stage = "", ...rest] = path.split("/");
  return {
    stage,
    method,
    path: `/${rest.join("/")}`,
    person: caller === undefined ? "nobody" : `user:${caller.pool}:${caller.sub}`,
    ...(query === undefined ? {} : { query }),
    ...(exchange === undefined || exchange.request.body.isBase64 ? {} : { body: exchange.request.body.text }),
  };
}

/** The page "Try it" with the form filled in. */
function tryHref({ stage, method, path, query, person, apiKey, headers, body }: TryRequest): string {
  return hrefOf("try", [], {
    stage,
    route: `${method} ${path}`,
    query,
    person,
    key: apiKey,
    headers: headers?.map((pair) => pair.join(": ")).join("\n"),
    body,
  });
}

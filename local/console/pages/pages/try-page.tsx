import { useEffect, useRef, useState } from "preact/hooks";
import type { Pairs, Person, TryAnswer, TryForm, TryRequest, TryRoute } from "../../contract";
import { Status } from "../components/badge";
import { BusyButton } from "../components/busy-button";
import { CodeBlock } from "../components/code-block";
import { Empty, Loaded, Page } from "../components/page";
import { aws, call } from "../kit/api";
import { duration } from "../kit/format";
import { usePlace, useResource } from "../kit/hooks";
import { useKey } from "../kit/keyboard";
import { setQuery } from "../kit/router";
import { messageText } from "../requests/answer";
import { RequestView } from "../requests/request-view";

/** A request of the visitor's own: which route, as whom, with what; its answer, and its way. */
export function TryPage() {
  const form = useResource("GET /api/try");
  return (
    <Page title="Try it" lead="Send a request as anybody, and see which layer answers.">
      <Loaded of={form}>
        {(data) =>
          data.routes.length === 0 ? (
            <Empty title="This deployment has no route.">Add a row to stacks/secure-edge/routes.ts.</Empty>
          ) : (
            <TryView form={data} />
          )
        }
      </Loaded>
    </Page>
  );
}

/** What the address says, completed by what the form offers. */
function requestOf(
  form: TryForm,
  query: URLSearchParams,
): { route: TryRoute | undefined; request: TryRequest } {
  const wanted = query.get("route") ?? "";
  const [method = "", path = ""] = wanted.split(" ");
  const route =
    form.routes.find((candidate) => `${candidate.method} ${candidate.path}` === wanted) ??
    (wanted === "" ? form.routes[0] : undefined);
  const stage = query.get("stage") ?? route?.stages[0] ?? form.stages[0] ?? "";
  const own = route?.poolIds[0];
  const person =
    query.get("person") ??
    form.people.find(({ kind, poolId }) => kind === "user" && poolId === own)?.id ??
    "nobody";
  const body = query.get("body") ?? route?.bodies.find(({ fits }) => fits)?.body ?? "";
  const headers = parseHeaders(query.get("headers") ?? "");
  return {
    route,
    request: {
      stage,
      method: route?.method ?? method,
      path: query.get("path") ?? route?.path ?? path,
      person,
      apiKey:
        query.get("key") ??
        (route?.needsApiKey === true ? form.apiKeys.find(isReal)?.id : undefined) ??
        "none",
      ...(query.get("query") ? { query: query.get("query") ?? "" } : {}),
      ...(headers.length > 0 ? { headers } : {}),
      ...(body === "" ? {} : { body }),
    },
  };
}

function isReal({ id }: { readonly id: string }): boolean {
  return id !== "none" && id !== "wrong";
}

function parseHeaders(text: string): Pairs {
  return text.split("\n").flatMap((line) => {
    const colon = line.indexOf(":");
    return colon < 1 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const];
  });
}

function TryView({ form }: { form: TryForm }) {
  const { query } = usePlace();
  const { route, request } = requestOf(form, query);
  const [answer, setAnswer] = useState<(TryAnswer & { readonly to: string }) | undefined>(undefined);
  const [test, setTest] = useState<MethodTest | undefined>(undefined);
  const result = useRef<HTMLDivElement>(null);

  const send = async () => {
    setTest(undefined);
    setAnswer({ ...(await call("POST /api/try", { input: request })), to: JSON.stringify(request) });
  };
  const testMethod = async () => {
    if (route === undefined) return;
    setAnswer(undefined);
    setTest(
      await aws<MethodTest>("apigateway", "TestInvokeMethod", {
        restApiId: route.restApiId,
        resourceId: route.resourceId,
        httpMethod: request.method,
        pathWithQueryString: request.path + (request.query === undefined ? "" : `?${request.query}`),
        ...(request.body === undefined ? {} : { body: request.body }),
        headers: { "Content-Type": route.contentType ?? "application/json" },
      }),
    );
  };
  useEffect(() => {
    if (answer !== undefined || test !== undefined) result.current?.focus();
  }, [answer, test]);

  return (
    <div class="try">
      <form class="card try-form" onSubmit={(event) => event.preventDefault()}>
        <Routes form={form} request={request} />
        <People people={form.people} request={request} poolIds={route?.poolIds ?? []} />
        <Details form={form} route={route} request={request} />
        <p class="muted">
          The method test is the gateway's own (TestInvokeMethod): it passes by the web ACL, the authorizer
          and the throttle.
        </p>
        <div class="buttons send-bar">
          <SendButton send={send} />
          {route !== undefined && (
            <BusyButton onPress={testMethod} title="Run the gateway's own test of the method">
              Method test
            </BusyButton>
          )}
        </div>
      </form>
      <div ref={result} class="try-result" tabIndex={-1} aria-live="polite">
        {answer !== undefined && (
          <>
            {answer.to !== JSON.stringify(request) && (
              <p class="note">
                The form has changed since this was sent: press Send to send it as it is now.
              </p>
            )}
            <section class="card" aria-label="Answer">
              <h2>
                <Status code={answer.status} /> in {duration(answer.durationMs)}
              </h2>
              <CodeBlock
                label="What the client got"
                text={messageText(`HTTP/1.1 ${answer.status}`, answer.headers, answer.body)}
              />
            </section>
            <RequestView key={answer.id} id={answer.id} isAnswerShown />
          </>
        )}
        {test !== undefined && (
          <section class="card" aria-label="Method test">
            <h2>
              <Status code={test.status} /> method test, {duration(test.latency ?? 0)}
            </h2>
            <CodeBlock label="Body" text={test.body ?? ""} />
            <CodeBlock label="Log" text={test.log ?? ""} />
          </section>
        )}
        {answer === undefined && test === undefined && (
          <Empty title="Nothing sent yet.">
            Choose a route and a caller, and press Send: the answer appears here with its way.
          </Empty>
        )}
      </div>
    </div>
  );
}

/** https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeMethod.html */
interface MethodTest {
  readonly status: number;
  readonly body?: string;
  readonly log?: string;
  readonly latency?: number;
}

function SendButton({ send }: { send: () => Promise<void> }) {
  const button = useRef<HTMLSpanElement>(null);
  useKey("s", "send the request", () => button.current?.querySelector("button")?.click());
  return (
    <span ref={button}>
      <BusyButton class="primary" onPress={send}>
        Send
      </BusyButton>
    </span>
  );
}

function Routes({ form, request }: { form: TryForm; request: TryRequest }) {
  const chosen = `${request.method} ${request.path}`;
  const names = form.routes.map(({ method, path }) => `${method} ${path}`);
  const all = names.includes(chosen) ? names : [chosen, ...names];
  return (
    <div class="fields">
      <label>
        Route
        <select
          value={chosen}
          onChange={(event) =>
            setQuery({
              route: event.currentTarget.value,
              path: undefined,
              body: undefined,
              person: undefined,
            })
          }
        >
          {all.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {form.stages.length > 1 && (
        <label>
          Stage
          <select value={request.stage} onChange={(event) => setQuery({ stage: event.currentTarget.value })}>
            {form.stages.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

/** Drawn on 20 × 20, strokes only. */
const FACES: Readonly<Record<Person["kind"], string>> = {
  nobody: "M10 10a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M3 17.500c.6-3 3.200-5 7-5M13 14l4 4m0-4-4 4",
  forger:
    "M3 7c2-1.500 4-1.500 7 0 3-1.500 5-1.500 7 0 0 5-2 7-4 7-1.500 0-2-1.500-3-1.500S8.500 14 7 14c-2 0-4-2-4-7M6 9.500h2M12 9.500h2",
  "expired token": "M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15M10 5.500V10l3 2",
  "access token": "M7 13a4 4 0 1 0 0-8 4 4 0 0 0 0 8M11 9h7v3M15 9v2.500",
  user: "M10 10a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M3 17.500c.6-3.200 3.200-5 7-5s6.400 1.800 7 5",
};

/** The route's own people first: nobody, its pool's, then the others'. */
function inOrder(people: readonly Person[], poolIds: readonly string[]): Person[] {
  const isOwn = ({ poolId }: Person) => poolId === undefined || poolIds.includes(poolId);
  return [...people.filter(isOwn), ...people.filter((person) => !isOwn(person))];
}

function People({
  people,
  request,
  poolIds,
}: {
  people: readonly Person[];
  request: TryRequest;
  poolIds: readonly string[];
}) {
  return (
    <fieldset class="people">
      <legend>As whom</legend>
      {inOrder(people, poolIds).map(({ id, kind, name, detail }) => (
        <label key={id} class={request.person === id ? "person chosen" : "person"}>
          <input
            type="radio"
            name="person"
            value={id}
            checked={request.person === id}
            onChange={() => setQuery({ person: id })}
          />
          <span class={`face ${kind.split(" ")[0]}`} aria-hidden="true">
            <svg viewBox="0 0 20 20" role="presentation">
              <path d={FACES[kind]} />
            </svg>
          </span>
          <span>
            <b>{name}</b>
            <span class="muted">{detail}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Details({
  form,
  route,
  request,
}: {
  form: TryForm;
  route: TryRoute | undefined;
  request: TryRequest;
}) {
  return (
    <>
      <label>
        Body
        <textarea
          class="code-field"
          rows={4}
          spellcheck={false}
          value={request.body ?? ""}
          onInput={(event) => setQuery({ body: event.currentTarget.value || " " })}
        />
      </label>
      {route !== undefined && route.bodies.length > 0 && (
        <fieldset class="choices" aria-label="Example bodies">
          {route.bodies.map(({ name, body, fits }) => (
            <button
              key={name}
              type="button"
              aria-pressed={request.body === body}
              onClick={() => setQuery({ body })}
            >
              <span aria-hidden="true">{fits ? "✓" : "✕"}</span> {name}
            </button>
          ))}
        </fieldset>
      )}
      <details>
        <summary>Path, query, headers, API key</summary>
        <div class="fields">
          <label>
            Path
            <input value={request.path} onInput={(event) => setQuery({ path: event.currentTarget.value })} />
          </label>
          <label>
            Query
            <input
              value={request.query ?? ""}
              placeholder="a=1&b=2"
              onInput={(event) => setQuery({ query: event.currentTarget.value })}
            />
          </label>
          <label>
            API key
            <select value={request.apiKey} onChange={(event) => setQuery({ key: event.currentTarget.value })}>
              {form.apiKeys.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
        <label>
          Headers, a line each
          <textarea
            class="code-field"
            rows={2}
            spellcheck={false}
            placeholder="X-Forwarded-For: 203.0.113.7"
            value={usePlace().query.get("headers") ?? ""}
            onInput={(event) => setQuery({ headers: event.currentTarget.value })}
          />
        </label>
      </details>
    </>
  );
}

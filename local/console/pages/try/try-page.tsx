import { useEffect, useRef, useState } from "preact/hooks";
import type { TryAnswer, TryForm } from "../../contract";
import { Status } from "../components/badge";
import { BusyButton } from "../components/busy-button";
import { CodeBlock } from "../components/code-block";
import { Empty, Loaded, Page } from "../components/page";
import { aws, call } from "../kit/api";
import { duration } from "../kit/format";
import { usePlace, useResource } from "../kit/hooks";
import { useKey } from "../kit/keyboard";
import { messageText } from "../requests/answer";
import { RequestView } from "../requests/request-view";
import { People } from "./people";
import { Details, Routes, requestOf } from "./request-fields";

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

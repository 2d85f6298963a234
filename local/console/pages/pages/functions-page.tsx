import { useState } from "preact/hooks";
import type { FunctionView } from "../../contract";
import { CodeBlock } from "../components/code-block";
import { Empty, Loaded, Page, Tabs } from "../components/page";
import { bytes, count } from "../kit/format";
import { usePlace, useResource } from "../kit/hooks";
import { hrefOf } from "../kit/router";
import { Run } from "../requests/runs";

/** The functions: their instances, runs and bundle. */
export function FunctionsPage() {
  const functions = useResource("GET /api/functions", {}, ["updated", "request"]);
  const [asked] = usePlace().parts;
  return (
    <Page title="Functions" lead="Instances, runs, errors, and the code that runs.">
      <Loaded of={functions}>
        {(all) => {
          const fn = all.find(({ name }) => name === asked) ?? all[0];
          if (fn === undefined) return <Empty title="This deployment has no function." />;
          const tabs = all.map(({ name }) => ({
            href: hrefOf("functions", [name]),
            title: `λ ${name}`,
            isCurrent: name === fn.name,
          }));
          return (
            <>
              <Tabs label="Functions" tabs={tabs} />
              <FunctionCard key={fn.name} fn={fn} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function FunctionCard({ fn }: { fn: FunctionView }) {
  return (
    <>
      <div class="figures">
        {(["invocations", "errors", "throttles", "instances"] as const).map((name) => (
          <div key={name} class={name === "errors" && fn.errors > 0 ? "figure fail" : "figure"}>
            <b>{count(fn[name])}</b>
            <span>{name}</span>
          </div>
        ))}
      </div>
      <section class="card">
        <h2>Settings</h2>
        <dl class="facts">
          <div>
            <dt>handler</dt>
            <dd>
              {fn.handler} on {fn.runtime}
            </dd>
          </div>
          <div>
            <dt>memory, timeout</dt>
            <dd>
              {fn.memoryMb} MB, {fn.timeoutSeconds} s
            </dd>
          </div>
          <div>
            <dt>reserved concurrency</dt>
            <dd>{fn.reservedConcurrency ?? "none: it shares the account's"}</dd>
          </div>
          <div>
            <dt>log group</dt>
            <dd>
              <a href={hrefOf("logs", [], { group: fn.logGroup })}>{fn.logGroup}</a>
            </dd>
          </div>
          <div>
            <dt>permissions</dt>
            <dd>
              <a href={hrefOf("permissions")}>what its role grants</a>
            </dd>
          </div>
          <div>
            <dt>declared as</dt>
            <dd>
              <code>{fn.address}</code>
            </dd>
          </div>
        </dl>
      </section>
      <Source fn={fn} />
      <h2>Newest runs</h2>
      {fn.recentRuns.length === 0 ? (
        <Empty title="It did not run yet.">
          <a href={hrefOf("try")}>Send a request</a> that reaches it.
        </Empty>
      ) : (
        fn.recentRuns.map((run) => <Run key={run.requestId} run={run} />)
      )}
    </>
  );
}

function Source({ fn }: { fn: FunctionView }) {
  const [file, setFile] = useState<string | undefined>(undefined);
  return (
    <section class="card" aria-label="Bundle">
      <h2>Bundle</h2>
      <fieldset class="choices" aria-label="Files">
        {fn.bundle.map(({ file: name, bytes: size }) => (
          <button
            key={name}
            type="button"
            aria-pressed={file === name}
            onClick={() => setFile(file === name ? undefined : name)}
          >
            {name} <span class="muted">{bytes(size)}</span>
          </button>
        ))}
      </fieldset>
      {file !== undefined && <SourceText key={file} name={fn.name} file={file} />}
    </section>
  );
}

function SourceText({ name, file }: { name: string; file: string }) {
  const source = useResource("GET /api/functions/{name}/source", { path: { name }, query: { file } });
  return (
    <Loaded of={source}>
      {({ text }) => <CodeBlock label={`${name}/${file}`} text={text} wrap={false} />}
    </Loaded>
  );
}

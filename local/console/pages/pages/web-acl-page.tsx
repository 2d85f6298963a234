import type { Count, WebAclOverview, WebAclView } from "../../contract";
import { Badge, type Tone } from "../components/badge";
import { Chart } from "../components/chart";
import { Empty, Loaded, Page } from "../components/page";
import { clockTime, count } from "../kit/format";
import { usePlace, useResource } from "../kit/hooks";
import { hrefOf, setQuery } from "../kit/router";

const SPANS = [
  ["10", "10 minutes"],
  ["60", "1 hour"],
  ["180", "3 hours"],
  ["1440", "1 day"],
] as const;

/** What the web ACL allowed, blocked and counted: the traffic overview of AWS's console. */
export function WebAclPage() {
  const minutes = usePlace().query.get("minutes") ?? "60";
  const overview = useResource("GET /api/web-acl", { query: { minutes } }, ["request"]);
  const tools = (
    <fieldset class="choices" aria-label="Time span">
      {SPANS.map(([value, title]) => (
        <button
          key={value}
          type="button"
          aria-pressed={minutes === value}
          onClick={() => setQuery({ minutes: value })}
        >
          {title}
        </button>
      ))}
    </fieldset>
  );
  return (
    <Page
      title="Web ACL"
      lead="The traffic overview, and the newest requests that a rule matched."
      tools={tools}
    >
      <Loaded of={overview}>{(data) => <Overview data={data} />}</Loaded>
    </Page>
  );
}

function Overview({ data }: { data: WebAclOverview }) {
  if (data.webAcls.length === 0) {
    return (
      <Empty title="This deployment has no web ACL.">
        Associate one with the stage, and its rules appear here.
      </Empty>
    );
  }
  const { allowed, blocked, counted } = data.totals;
  return (
    <>
      <div class="figures">
        <Figure tone="good" name="allowed" value={allowed} />
        <Figure tone="bad" name="blocked" value={blocked} />
        <Figure tone="warn" name="counted" value={counted} />
      </div>
      <section class="card" aria-label="Requests over time">
        <Chart
          label={`Requests over time: ${allowed} allowed, ${blocked} blocked, ${counted} counted`}
          times={data.overTime.map(({ at }) => at)}
          series={[
            { name: "allowed", colour: "--good", values: data.overTime.map((bucket) => bucket.allowed) },
            { name: "blocked", colour: "--bad", values: data.overTime.map((bucket) => bucket.blocked) },
            { name: "counted", colour: "--warn", values: data.overTime.map((bucket) => bucket.counted) },
          ]}
        />
      </section>
      <div class="grid">
        <Top title="Rules" rows={data.byRule} />
        <Top title="Sources" rows={data.bySource} />
        <Top title="Paths" rows={data.byPath} />
        <Top title="Methods" rows={data.byMethod} />
        <Top title="Devices" rows={data.byDevice} />
        <Top title="AWS's managed rules would likely" rows={data.predictions} />
      </div>
      {data.webAcls.map((webAcl) => (
        <RulesOf key={webAcl.arn} webAcl={webAcl} />
      ))}
      <Sampled data={data} />
    </>
  );
}

function Figure({ tone, name, value }: { tone: Tone; name: string; value: number }) {
  return (
    <div class={`figure ${tone}`}>
      <b>{count(value)}</b>
      <Badge tone={tone}>{name}</Badge>
    </div>
  );
}

function Top({ title, rows }: { title: string; rows: readonly Count[] }) {
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <section class="card">
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="muted">Nothing yet.</p>
      ) : (
        <ul class="bars">
          {rows.slice(0, 8).map((row) => (
            <li key={row.name}>
              <span class="name" title={row.name}>
                {row.name}
              </span>
              <span class="number">
                {count(row.count)}
                {row.blocked > 0 && <span class="bad"> ✕ {count(row.blocked)}</span>}
              </span>
              <meter min={0} max={most} value={row.count} aria-label={`${row.name}: ${row.count}`} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function RulesOf({ webAcl }: { webAcl: WebAclView }) {
  return (
    <section class="card">
      <h2>
        {webAcl.name} <span class="muted">default {webAcl.defaultAction}</span>
      </h2>
      <div class="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">Priority</th>
              <th scope="col">Rule</th>
              <th scope="col">Action</th>
              <th scope="col">Matched</th>
            </tr>
          </thead>
          <tbody>
            {webAcl.rules.map((rule) => (
              <tr key={rule.name}>
                <td data-label="Priority">{rule.priority}</td>
                <td>
                  {rule.name}{" "}
                  {rule.isManaged && <span class="muted">≈ predicted, only AWS has its rules</span>}
                </td>
                <td data-label="Action">{rule.action}</td>
                <td data-label="Matched">{count(rule.matched)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const ACTION_TONES: Readonly<Record<string, Tone>> = { ALLOW: "good", BLOCK: "bad", COUNT: "warn" };

function Sampled({ data }: { data: WebAclOverview }) {
  return (
    <section class="card">
      <h2>Sampled requests</h2>
      {data.sampled.length === 0 ? (
        <p class="muted">
          None in this time. <a href={hrefOf("try")}>Send one</a>.
        </p>
      ) : (
        <div class="scroll-x">
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Action</th>
                <th scope="col">Rule</th>
                <th scope="col">Request</th>
                <th scope="col">Source</th>
              </tr>
            </thead>
            <tbody>
              {data.sampled.slice(0, 100).map((sample) => (
                <tr key={sample.id}>
                  <td>{clockTime(sample.at)}</td>
                  <td>
                    <Badge tone={ACTION_TONES[sample.action] ?? "quiet"}>{sample.action}</Badge>
                  </td>
                  <td>{sample.rule}</td>
                  <td>
                    <a href={hrefOf("requests", [sample.id])}>
                      {sample.method} {sample.path}
                    </a>
                  </td>
                  <td>{sample.sourceIp}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

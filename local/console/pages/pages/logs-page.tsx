import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { LogLine } from "../../contract";
import { Lines } from "../components/lines";
import { Empty, FilterField, Loaded, Page } from "../components/page";
import { aws } from "../kit/api";
import { counted } from "../kit/format";
import { useLoaded, usePlace } from "../kit/hooks";
import { followLog } from "../kit/live";
import { hrefOf, setQuery } from "../kit/router";

/** As DescribeLogGroups, DescribeLogStreams and FilterLogEvents answer them. */
interface Group {
  readonly logGroupName: string;
  readonly retentionInDays?: number;
}
interface Stream {
  readonly logStreamName: string;
  readonly lastEventTimestamp?: number;
}
interface Event {
  readonly timestamp: number;
  readonly message: string;
  readonly logStreamName: string;
}

const KEPT = 2_000;

/** The log groups, and the lines of one of them as they are written. */
export function LogsPage() {
  const groups = useLoaded(listGroups);
  const { query } = usePlace();
  return (
    <Page title="Logs" lead="What is written to CloudWatch Logs, as it is written.">
      <Loaded of={groups}>
        {(all) => {
          const asked = query.get("group");
          const group = all.find(({ logGroupName }) => logGroupName === asked) ?? all[0];
          if (group === undefined)
            return <Empty title="No log group.">A function's first run creates its log group.</Empty>;
          return (
            <div class="logs">
              <nav class="card side-list" aria-label="Log groups">
                {all.map(({ logGroupName, retentionInDays }) => (
                  <a
                    key={logGroupName}
                    href={hrefOf("logs", [], { group: logGroupName, q: query.get("q") ?? "" })}
                    aria-current={logGroupName === group.logGroupName ? "page" : undefined}
                  >
                    {logGroupName}
                    <span class="muted">
                      {retentionInDays === undefined
                        ? "kept for ever"
                        : `kept ${counted(retentionInDays, "day")}`}
                    </span>
                  </a>
                ))}
              </nav>
              <GroupView key={group.logGroupName} group={group.logGroupName} />
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

function GroupView({ group }: { group: string }) {
  const { query } = usePlace();
  const text = query.get("q") ?? "";
  const stream = query.get("stream") ?? "";
  const streams = useLoaded(useCallback(() => listStreams(group), [group]));
  const past = useLoaded(useCallback(() => linesOf(group), [group]));
  const [since, setSince] = useState<readonly LogLine[]>([]);
  const [isFollowing, setFollowing] = useState(true);

  useLayoutEffect(() => {
    setSince([]);
    const following = new AbortController();
    followLog(group, (line) => setSince((lines) => [...lines.slice(-KEPT), line]), following.signal);
    return () => following.abort();
  }, [group]);

  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = joined(past.data ?? [], since);
  const shown = all.filter(
    (line) =>
      (stream === "" || line.stream === stream) &&
      words.every((word) => line.message.toLowerCase().includes(word)),
  );
  return (
    <section class="card log-group" aria-label={group}>
      <div class="filters">
        <FilterField label="Filter the lines" value={text} onChange={(q) => setQuery({ q })} />
        <label>
          <span class="hidden">Stream</span>
          <select value={stream} onChange={(event) => setQuery({ stream: event.currentTarget.value })}>
            <option value="">all streams</option>
            {streams.data?.map(({ logStreamName }) => (
              <option key={logStreamName} value={logStreamName}>
                {logStreamName}
              </option>
            ))}
          </select>
        </label>
        <button type="button" aria-pressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
          Live tail
        </button>
        <output class="muted">{counted(shown.length, "line")}</output>
      </div>
      <Loaded of={past}>
        {() =>
          shown.length === 0 ? (
            <Empty title={all.length === 0 ? "No line yet." : "No line matches."}>
              <a href={hrefOf("try")}>Send a request</a> that reaches the function.
            </Empty>
          ) : (
            <Tail lines={shown.slice(-KEPT)} isFollowing={isFollowing} label={group} />
          )
        }
      </Loaded>
    </section>
  );
}

function Tail({
  lines,
  isFollowing,
  label,
}: {
  lines: readonly LogLine[];
  isFollowing: boolean;
  label: string;
}) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isFollowing && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [lines.length, isFollowing]);
  return (
    <section class="tail" ref={box} aria-label={`Lines of ${label}`}>
      <Lines lines={lines} label={label} />
    </section>
  );
}

/** The lines read and the lines that came since, each once. */
function joined(past: readonly LogLine[], since: readonly LogLine[]): readonly LogLine[] {
  const key = ({ stream, at, message }: LogLine) => `${stream}\n${at}\n${message.trimEnd()}`;
  const known = new Set(past.slice(-KEPT).map(key));
  return [...past, ...since.filter((line) => !known.has(key(line)))];
}

async function listGroups(): Promise<readonly Group[]> {
  return (await aws<{ logGroups?: Group[] }>("logs", "DescribeLogGroups", {})).logGroups ?? [];
}

async function listStreams(group: string): Promise<readonly Stream[]> {
  const input = { logGroupName: group, orderBy: "LastEventTime", descending: true };
  return (await aws<{ logStreams?: Stream[] }>("logs", "DescribeLogStreams", input)).logStreams ?? [];
}

async function linesOf(group: string): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  let token: string | undefined;
  do {
    const page: { events?: Event[]; nextToken?: string } = await aws("logs", "FilterLogEvents", {
      logGroupName: group,
      ...(token === undefined ? {} : { nextToken: token }),
    });
    lines.push(
      ...(page.events ?? []).map(({ timestamp, message, logStreamName }) => ({
        group,
        stream: logStreamName,
        at: timestamp,
        message,
      })),
    );
    token = page.nextToken;
  } while (token !== undefined && lines.length < 20_000);
  return lines;
}

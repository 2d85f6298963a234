import { bindService } from "../local/aws-api/service";
import type { Principal } from "../local/kernel/principal";
import { loadSynthesized } from "../local/load";
import { LogStore } from "../local/services/logs/log-store";
import { logs } from "../local/services/logs/service";
import type { Row } from "./row";

const ADMINISTRATOR: Principal = {
  kind: "administrator",
  arn: "arn:aws:iam::123456789012:root",
  accountId: "123456789012",
  userId: "123456789012",
};
const GROUP = "/aws/lambda/InternalLambda";
const EVENTS = 10_000;
const TIMES = 50;

/** `FilterLogEvents` in a full log group, by text and by a JSON field. */
export async function logRows(folder: string): Promise<Row[]> {
  const store = new LogStore(loadSynthesized(folder), { maxEventsPerGroup: EVENTS });
  const now = Date.now();
  for (let event = 0; event < EVENTS; event += 1)
    store.put(
      GROUP,
      "2026/01/01/[$LATEST]bench",
      JSON.stringify({ level: "INFO", message: `Hello ${event}` }),
      now,
    );
  const filter = bindService(logs, store).operations.FilterLogEvents;
  const context = {
    principal: ADMINISTRATOR,
    ...{ requestId: "bench", sourceIp: "127.0.0.1" },
  };
  const take = async (filterPattern: string) => {
    const startedAt = performance.now();
    const answer = await filter?.handle({ logGroupName: GROUP, filterPattern }, context);
    const took = performance.now() - startedAt;
    if (!Array.isArray(answer?.events) || answer.events.length !== 1)
      throw new Error(`${filterPattern} does not find its one event`);
    return took;
  };
  const rows: Row[] = [];
  for (const pattern of ['"Hello 7777"', '{ $.message = "Hello 7777" }']) {
    for (let time = 0; time < TIMES; time += 1) await take(pattern);
    const values: number[] = [];
    for (let time = 0; time < TIMES; time += 1) values.push(await take(pattern));
    rows.push({
      what: `FilterLogEvents ${pattern} of ${EVENTS} events`,
      ...{ unit: "ms", goal: { atMost: 1 }, values },
    });
  }
  return rows;
}

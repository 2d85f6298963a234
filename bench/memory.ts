import type { ChildProcess } from "node:child_process";
import type { Row } from "./row";
import { Served } from "./served";

/** After these everything bounded (logs, samples, the console's list) is full: from then on nothing may grow. */
const WARM = 20_000;
const BLOCKS = 10;
/** Of the requests; the others are refused. */
const WHOLE_WAY = 0.2;

/**
 * The heap over many requests, in blocks of refused ones and of those that go the whole way.
 *
 * @param say is told the heap after each block
 */
export async function memoryRows(
  folder: string,
  requests: number,
  children: ChildProcess[],
  say: (text: string) => void,
): Promise<Row[]> {
  const server = await Served.start({ folder, console: true }, children);
  let wrong = 0;
  const mix = async (amount: number) => {
    const served = Math.ceil(amount * WHOLE_WAY);
    wrong += await server.fire({ status: 401, connections: 20, amount: amount - served });
    wrong += await server.fire({ status: 200, headers: server.signedIn, connections: 20, amount: served });
  };
  await mix(WARM);
  const before = await server.heapBytes();
  let after = before;
  for (let block = 1; block <= BLOCKS; block += 1) {
    await mix(Math.ceil(requests / BLOCKS));
    after = await server.heapBytes();
    say(`${Math.ceil(requests / BLOCKS) * block} requests: heap ${(after / 1024 / 1024).toFixed(1)} MB`);
  }
  server.stop();
  return [
    {
      what: `heap after ${requests} more requests : after ${WARM}`,
      ...{ unit: "×", goal: { atMost: 1.1 }, values: [after / before] },
    },
    {
      what: "of them not answered as they must be",
      ...{ unit: "", goal: { atMost: 0 }, values: [wrong] },
    },
  ];
}

// Imports a handler as Lambda does when it starts an instance, and runs it for one event after the other, as an instance does.
import { pathToFileURL } from "node:url";

const [, , file = "", requests] = process.argv;

const event = {
  httpMethod: "POST",
  path: "/lambda1",
  resource: "/lambda1",
  headers: { "Content-Type": "application/json" },
  body: '{"name":"Ada"}',
  isBase64Encoded: false,
  requestContext: { requestId: "00000000-0000-4000-8000-000000000000" },
};
const context = {
  awsRequestId: "00000000-0000-4000-8000-000000000000",
  functionName: "ExternalLambda1",
  getRemainingTimeInMillis: () => 10_000,
};

/** @param {() => Promise<void>} work */
async function taken(work) {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1000, wall: performance.now() - wall };
}

/** @type {(event: unknown, context: unknown) => Promise<{ statusCode: number, body: string }>} */
let handler;
const imported = await taken(async () => {
  ({ handler } = await import(pathToFileURL(file).href));
});
const invoke = async () => {
  const { statusCode, body } = await handler(event, context);
  if (statusCode !== 200) throw new Error(`the handler answered ${statusCode}: ${body}`);
};
if (Number(requests) > 0) await invoke();
const served = await taken(async () => {
  for (let request = 0; request < Number(requests); request += 1) await invoke();
});
process.send?.({ imported, served });
process.disconnect();

import type { RequestLine } from "../../local/runtime-options";
import type { Served } from "./serve";
import { columns, painter } from "./terminal";

/** Where `start` and `demo` tell what happens: for people, or as one JSON object a line. */
export interface Output {
  progress(text: string): void;
  started(served: Served, file: string, text: string): void;
  request(line: RequestLine): void;
  notice(text: string): void;
}

export function outputFor(stream: NodeJS.WriteStream, json: boolean): Output {
  const paint = painter(stream);
  if (json) {
    const write = (event: object) => stream.write(`${JSON.stringify(event)}\n`);
    return {
      progress: (text) => write({ event: "progress", text }),
      started: ({ endpoints, runtime }, file) =>
        write({ event: "started", file, endpoints, warnings: runtime.warnings }),
      request: ({ at, ...line }) => write({ event: "request", at: at.toISOString(), ...line }),
      notice: (text) => write({ event: "notice", text }),
    };
  }
  const status = (code: number) => paint(code < 400 ? "green" : code < 500 ? "yellow" : "red", String(code));
  return {
    progress: (text) => stream.write(`${paint("dim", `${text} …`)}\n`),
    started: (_served, _file, text) => stream.write(`${text}\n`),
    request: (line) =>
      stream.write(
        `${paint("dim", line.at.toISOString().slice(11, 23))}  ${line.sourceIp}  ${line.method.padEnd(6)} ${line.path}  ${status(line.status)}  ` +
          `${paint("bold", line.decision.layer)}: ${line.decision.detail}  ${paint("dim", `${line.durationMs.toFixed(0)} ms`)}\n`,
      ),
    notice: (text) => stream.write(`${paint("cyan", text)}\n`),
  };
}

/** How to reach what is served, and what is not enforced here; with calls to copy. */
export function banner({ runtime, endpoints }: Served, file: string): string {
  const paint = painter(process.stdout);
  const [pool] = endpoints.userPools;
  const lines = [
    "",
    columns(
      [
        ["invoke URL", endpoints.invokeUrl],
        ["AWS endpoint", endpoints.awsEndpointUrl],
        ["endpoints file", file],
        ...endpoints.userPools.map(({ name, id, clientId, user }) => [
          name,
          `${user.email}  ${user.password}  (${id}, client ${clientId})`,
        ]),
      ],
      (cell, _row, column) => (column === 0 ? paint("bold", cell) : cell),
    ),
  ];
  for (const warning of runtime.warnings) lines.push(paint("yellow", `not enforced here: ${warning}`));
  if (pool) {
    lines.push(
      "",
      paint("dim", "in another terminal:"),
      `  TOKEN=$(npm run --silent token -- --pool ${pool.name})`,
      `  curl -X POST ${endpoints.invokeUrl}/lambda1 -H "Authorization: $TOKEN" -H 'Content-Type: application/json' -d '{"name": "Ada"}'`,
      "  npm run verify",
      `  AWS_ENDPOINT_URL=${endpoints.awsEndpointUrl} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\`,
      `    aws logs tail /aws/lambda/InternalLambda --region ${endpoints.region}`,
    );
  }
  lines.push("", paint("dim", "requests (Ctrl-C stops):"));
  return lines.join("\n");
}

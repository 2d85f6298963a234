import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { collect } from "../../local/front-door/raw-client";
import type { TestRuntime } from "../../support/local-runtime";

/** The request line and the `Host` of a request to an API, and whatever comes after it. */
export function requestStart(
  { runtime }: TestRuntime,
  more: string,
  line = "POST /development/lambda1",
): string {
  return `${line} HTTP/1.1\r\nHost: 127.0.0.1:${runtime.port}\r\n${more}`;
}

export async function openSocket({ runtime }: TestRuntime): Promise<Socket> {
  const socket = connect(runtime.port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** Sends bytes as they are; all that comes back until the server closes the connection. */
export async function talk(test: TestRuntime, bytes: string | Buffer): Promise<string> {
  const socket = await openSocket(test);
  const end = collect(socket);
  socket.write(bytes);
  return await end;
}

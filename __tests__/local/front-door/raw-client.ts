import { connect, type Socket } from "node:net";

/** Sends bytes as they are and resolves with all that came back once the server closed the connection. */
export function exchange(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    collect(socket).then(resolve, reject);
  });
}

export function collect(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

/** How many answers a connection got: more than one for one request would be a smuggled one. */
export function countAnswers(answer: string): number {
  return answer.match(/HTTP\/1\.1 \d{3}/g)?.length ?? 0;
}

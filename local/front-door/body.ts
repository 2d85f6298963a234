import type { IncomingMessage } from "node:http";

/**
 * How much of a body that is too large is read and thrown away, as a multiple of the limit. Closing a connection on
 * unread data resets it, and many clients then report the reset instead of the 413 that was sent before.
 */
const discardFactor = 4;

/**
 * Reads a request's body and never keeps more than `maxBytes + 1` bytes of it: one byte over the limit is what a caller
 * sees of any larger body.
 *
 * @throws when the client is gone before the body's end
 */
export function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let kept = 0;
  let received = 0;
  return new Promise((resolve, reject) => {
    const finish = () => resolve(Buffer.concat(chunks, kept));
    message.on("data", (chunk: Buffer) => {
      received += chunk.length;
      const wanted = chunk.subarray(0, maxBytes + 1 - kept);
      if (wanted.length > 0) chunks.push(wanted);
      kept += wanted.length;
      if (received <= maxBytes * discardFactor) return;
      message.pause();
      finish();
    });
    message.once("end", finish);
    message.once("error", reject);
    message.once("close", () =>
      reject(new Error("the client closed the connection before the end of the body")),
    );
  });
}

// Handlers that stream their answer (StreamingContext.js, ResponseStream.js and HttpResponseStream.js of
// github.com/aws/aws-lambda-nodejs-runtime-interface-client). Invoked as here, without streaming, Lambda buffers it.
import { Writable } from "node:stream";

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const PRELUDE = "application/vnd.awslambda.http-integration-response";

/** The stream that such a handler writes its answer to. */
class ResponseStream extends Writable {
  /** @type {Buffer[]} */
  chunks = [];
  contentType = "application/octet-stream";
  /** @type {((write: (chunk: string | Uint8Array) => void) => void) | undefined} */
  _onBeforeFirstWrite;

  /** @param {string} type */
  setContentType(type) {
    this.contentType = type;
  }

  /**
   * Anything but text and bytes goes out as JSON.
   *
   * @override
   * @param {unknown} chunk
   * @param {[(BufferEncoding | ((error?: Error | null) => void))?, ((error?: Error | null) => void)?]} rest
   */
  write(chunk, ...rest) {
    const before = this._onBeforeFirstWrite;
    this._onBeforeFirstWrite = undefined;
    before?.((first) => this.chunks.push(Buffer.from(/** @type {string} */ (first))));
    const bytes = typeof chunk === "string" || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
    return super.write(bytes, .../** @type {[BufferEncoding]} */ (rest));
  }

  /**
   * @override
   * @param {Buffer} chunk
   * @param {BufferEncoding} _encoding
   * @param {() => void} done
   */
  _write(chunk, _encoding, done) {
    this.chunks.push(chunk);
    done();
  }
}

/** Defines `awslambda`, as Lambda does for every function. */
export function defineAwsLambda() {
  if (/^(1|true)$/.test(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA ?? "")) return;
  Reflect.set(globalThis, "awslambda", {
    streamifyResponse: (/** @type {object} */ handler) => Object.assign(handler, { [STREAMING]: "response" }),
    HttpResponseStream: {
      /** @param {ResponseStream} stream @param {unknown} prelude */
      from: (stream, prelude) => {
        stream.setContentType(PRELUDE);
        stream._onBeforeFirstWrite = (write) => {
          write(JSON.stringify(prelude));
          write(new Uint8Array(8));
        };
        return stream;
      },
    },
  });
}

/** @param {object} handler */
export function isStreaming(handler) {
  return Boolean(Reflect.get(handler, STREAMING));
}

/**
 * Runs such a handler and gives everything that it wrote.
 *
 * @param {(event: unknown, stream: ResponseStream, context: object) => unknown} handler
 * @param {unknown} event
 * @param {object} context
 * @returns {Promise<string>}
 */
export async function buffered(handler, event, context) {
  const stream = new ResponseStream();
  const finished = new Promise((resolve, reject) => stream.once("finish", resolve).once("error", reject));
  const returned = handler(event, stream, context);
  if (!(returned instanceof Object && "then" in returned))
    throw new Error("Streaming does not support non-async handlers.");
  await Promise.race([returned, new Promise((_, reject) => stream.once("error", reject))]);
  await finished;
  return Buffer.concat(stream.chunks).toString("utf8");
}

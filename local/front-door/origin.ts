import { type HeaderList, headerValues } from "../kernel/headers";

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Tells whether the client meant this machine. A page of another site can make its own name resolve to 127.0.0.1 (DNS
 * rebinding) and would then be same-origin with this port, where any access key is an administrator; its `Host` gives it
 * away. Both the edge and the AWS endpoint refuse other hosts: a stage has no custom domain here.
 */
export function isLoopbackHost(host: string, port: number): boolean {
  const name = host.toLowerCase();
  return loopbackNames.some(
    (loopback) => name === `${loopback}:${port}` || (port === 80 && name === loopback),
  );
}

/** Tells whether a browser sent the request for a page of another machine. Pages served on loopback may call AWS. */
export function isForeignOrigin(headers: HeaderList): boolean {
  return headerValues(headers, "origin").some((origin) => {
    const host = /^https?:\/\/([^/]+?)(?::\d+)?$/.exec(origin.toLowerCase())?.[1];
    return host === undefined || !loopbackNames.includes(host);
  });
}

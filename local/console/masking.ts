import type { HeaderList } from "../kernel/headers";
import { shown } from "../kernel/trace";
import type { BodyText, KeptMessage, Pairs } from "./contract";

const MASK = "***";
const SECRET_HEADER =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-amz-security-token)$/i;
/** Members of a JSON body or fields of a form whose values nobody should see over a shoulder. */
const SECRET_MEMBER = /("[^"]*(?:password|token|secret|code)[^"]*"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;
const SHOWN_BYTES = 65_536;

export function isSecretHeader(name: string): boolean {
  return SECRET_HEADER.test(name);
}

export function maskedHeaders(headers: HeaderList): Pairs {
  return headers.map(([name, value]) => [name, isSecretHeader(name) ? MASK : shown(value, value.length)]);
}

/** A message without its credentials, unless it is asked for with them. */
export function messageView(headers: HeaderList, body: Buffer, unmasked: boolean): KeptMessage {
  return unmasked
    ? { headers, body: bodyText(body) }
    : { headers: maskedHeaders(headers), body: maskedBody(body) };
}

export function maskedBody(body: Buffer, most = SHOWN_BYTES): BodyText {
  const view = bodyText(body, most);
  if (view.isBase64) return view;
  return { ...view, text: shown(view.text, view.text.length).replace(SECRET_MEMBER, `$1"${MASK}"`) };
}

/** Bytes as JSON can carry them: as text where they are UTF-8, else in base64. */
export function bodyText(body: Buffer, most = SHOWN_BYTES): BodyText {
  const shownBytes = body.subarray(0, most);
  try {
    // A character that the limit cuts in two is left out.
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const text = decoder.decode(shownBytes, { stream: body.length > most });
    return { text, isBase64: false, bytes: body.length };
  } catch {
    return { text: shownBytes.toString("base64"), isBase64: true, bytes: body.length };
  }
}

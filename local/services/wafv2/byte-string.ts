/**
 * AWS WAF compares bytes. Everything it inspects is therefore held as a byte string: one character, 0 to 255, for each
 * byte, as Node.js hands over request targets and header values.
 */

/** The UTF-8 bytes of a text from the configuration. */
export const utf8Bytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

const beyondBytes = /[\u0100-\uffff]/;

/** A part of a request as bytes; text that cannot be bytes already is encoded. */
export const asBytes = (text: string): string => (beyondBytes.test(text) ? utf8Bytes(text) : text);

/** Lowers A to Z only: a byte above 127 is not a letter. */
export const lowerCase = (bytes: string): string =>
  bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

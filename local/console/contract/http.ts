/** A message, kept because the visitor asked for it. */
export interface KeptExchange {
  readonly request: KeptMessage;
  readonly response: KeptMessage & { readonly status: number };
}

export interface KeptMessage {
  /** Credentials are `***` unless asked for unmasked. */
  readonly headers: Pairs;
  /** At most 64 KB of it. */
  readonly body: BodyText;
}

export type Pairs = readonly (readonly [name: string, value: string])[];

export interface BodyText {
  readonly text: string;
  /** Where the bytes are not UTF-8, the text is base64. */
  readonly isBase64: boolean;
  /** How long the whole is. */
  readonly bytes: number;
}

import type { BodyText, Pairs } from "./http";

export interface TryForm {
  readonly stages: readonly string[];
  readonly routes: readonly TryRoute[];
  readonly people: readonly Person[];
  /** `none` and `wrong` come first. */
  readonly apiKeys: readonly { readonly id: string; readonly name: string }[];
}

export interface TryRoute {
  readonly method: string;
  /** Without the stage: `/lambda1`. */
  readonly path: string;
  readonly stages: readonly string[];
  /** The authorizer's name; not set where the method is open. */
  readonly authorizer?: string;
  /** The pools whose users it lets in. */
  readonly poolIds: readonly string[];
  readonly needsApiKey: boolean;
  /** Created from the model where there is one. */
  readonly bodies: readonly { readonly name: string; readonly body: string; readonly fits: boolean }[];
  readonly contentType?: string;
  /** Required parameters: `method.request.querystring.q`. */
  readonly required: readonly string[];
  /** For the method test, `TestInvokeMethod`. */
  readonly restApiId: string;
  readonly resourceId: string;
}

/** Who sends the request. */
export interface Person {
  /** `nobody`, `forger`, `expired:<pool>:<user>`, `access:<pool>:<user>`, `user:<pool>:<user>`. */
  readonly id: string;
  readonly kind: "nobody" | "forger" | "expired token" | "access token" | "user";
  readonly name: string;
  readonly poolId?: string;
  /** What its token is, in a sentence. */
  readonly detail: string;
}

export interface TryRequest {
  readonly stage: string;
  readonly method: string;
  /** Without the stage, path parameters filled in. */
  readonly path: string;
  /** Without the question mark. */
  readonly query?: string;
  /** A `Person.id`. @default nobody */
  readonly person?: string;
  /** An id of `TryForm.apiKeys`. @default none */
  readonly apiKey?: string;
  /** Beside those of person and key. */
  readonly headers?: Pairs;
  readonly body?: string;
}

export interface TryAnswer {
  /** For `GET /api/requests/{id}`. */
  readonly id: string;
  readonly status: number;
  /** As sent, in order. */
  readonly headers: Pairs;
  readonly body: BodyText;
  readonly durationMs: number;
  /** With `$TOKEN` and `$API_KEY` for what is secret. */
  readonly curl: string;
}

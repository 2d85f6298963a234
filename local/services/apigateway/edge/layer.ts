import type { AccessControl, SessionCredentials } from "../../../iam/access-control";
import type { BoundedCache } from "../../../kernel/bounded-cache";
import type { Clock } from "../../../kernel/clock";
import type { Principal } from "../../../kernel/principal";
import type { Facts } from "../../../kernel/trace";
import type { Ports } from "../../ports";
import type { ServiceEndpoint } from "../../service";
import type { RestApi } from "../rest-api";
import type { Stage } from "../stages";
import type { AtMethod, AtStage, Exchange } from "./exchange";
import type { Refusal } from "./failures";
import type { KeptAuthorization } from "./lambda-authorizer";
import type { ProxyResponse } from "./proxy-response";
import type { Router } from "./router";
import type { Usage } from "./usage";

/** What the edge calls on the way of a request. */
export interface EdgeServices {
  readonly clock: Clock;
  readonly ports: Pick<Ports, "webAclFor" | "tokens" | "functions" | "logs">;
  /** The session of a role that API Gateway assumes. @throws AwsError where the role does not trust it, or is not there */
  readonly assumeRole: (
    roleArn: string,
    service: Principal & { readonly kind: "service" },
  ) => Promise<AssumedRole>;
  readonly access: Pick<AccessControl, "authorize">;
  /** Where a service of AWS is called; `undefined`: nowhere. */
  readonly endpointOf: (service: string) => ServiceEndpoint | undefined;
}

export interface AssumedRole {
  readonly principal: Principal;
  readonly credentials: SessionCredentials;
}

/** A stage that is served. */
export interface ServedStage {
  readonly api: RestApi;
  readonly stage: Stage;
  readonly router: Router;
}

/** What every layer has besides the exchange. */
export interface EdgeContext extends EdgeServices {
  /** By name. */
  readonly stages: ReadonlyMap<string, ServedStage>;
  readonly usage: Usage;
  /** What Lambda authorizers answered, by stage, authorizer and identity. */
  readonly authorizations: BoundedCache<KeptAuthorization>;
}

interface Finding {
  /** One short phrase for the request line. Never a token, and nothing of a body. */
  readonly detail: string;
  readonly facts?: Facts;
}

/** What a layer decides: the request goes on, or this is its answer. */
export type Outcome =
  | (Finding & { readonly verdict: "passed" | "counted" | "not evaluated" })
  | (Finding & { readonly verdict: "answered" | "refused"; readonly answer: ProxyResponse })
  | (Finding & { readonly verdict: "refused"; readonly refusal: Refusal });

/** One layer of the edge. */
export interface Layer {
  readonly name: string;
  /** What the request log calls it, where several layers share a name there. @default name */
  readonly inLog?: string;
  /** What it checks, for docs/security.md. */
  readonly checks: string;
  /** What it answers itself, for docs/security.md. */
  readonly answers: string;
  /** What a client that it refuses has to do, a sentence or two: the console says more where it knows more. */
  readonly remedy: string;
  run(exchange: Exchange, edge: EdgeContext): Outcome | Promise<Outcome>;
}

export const pass = (detail: string, facts: Facts = {}): Outcome => ({ verdict: "passed", detail, facts });

export const skip = (detail: string): Outcome => ({ verdict: "not evaluated", detail });

/** Ends the request with an answer of API Gateway's own, which the API's gateway responses shape. */
export const refuse = (refusal: Refusal, detail: string, facts: Facts = {}): Outcome => ({
  verdict: "refused",
  refusal,
  detail,
  facts,
});

type Run<E> = (exchange: E, edge: EdgeContext) => Outcome | Promise<Outcome>;

/** For a layer that needs to know the stage. */
export function atStage(run: Run<AtStage>): Layer["run"] {
  return (exchange, edge) => {
    if (!isAtStage(exchange)) throw new Error("the list of layers is out of order: no stage is known yet");
    return run(exchange, edge);
  };
}

/** For a layer that needs to know the method. */
export function atMethod(run: Run<AtMethod>): Layer["run"] {
  return (exchange, edge) => {
    if (!isAtMethod(exchange)) throw new Error("the list of layers is out of order: no method is known yet");
    return run(exchange, edge);
  };
}

export const isAtStage = (exchange: Exchange): exchange is AtStage => exchange.stage !== undefined;

const isAtMethod = (exchange: Exchange): exchange is AtMethod => exchange.route !== undefined;

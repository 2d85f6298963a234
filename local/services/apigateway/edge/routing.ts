import { createHash } from "node:crypto";
import { type HeaderList, headerValue } from "../../../kernel/headers";
import type { AtStage } from "./exchange";
import { KINDS, type Refusal } from "./failures";
import { type Outcome, pass, refuse } from "./layer";

/** Finds the resource and the method that the request is for. */
export function findMethod(exchange: AtStage): Outcome {
  if (!exchange.isSound) return refuse(KINDS.malformedRequest, "the URL is not soundly encoded");
  const route = exchange.router.match(exchange.httpMethod, exchange.path);
  if (route === undefined) return refuse(noRoute(exchange.headers), "no such resource and method");
  exchange.route = route;
  const { path } = route.resource;
  return pass(`${route.method.httpMethod} ${path}`, { resourcePath: path });
}

/**
 * The answer to a request that no method takes.
 *
 * AWS then looks for a Signature Version 4, as a method with IAM authorization would want it. Without an `Authorization`
 * header that is `Missing Authentication Token`; with one that is not a signature it says what is missing, and shows the
 * header as a hash only (wording as AWS answered several public APIs' users: "Invalid key=value pair (missing equal-sign)
 * in Authorization header (hashed with SHA-256 and encoded with Base64): '…='.", and chalice issue 828 for the list).
 */
function noRoute(headers: HeaderList): Refusal {
  const authorization = headerValue(headers, "Authorization")?.trim();
  if (!authorization) return KINDS.noRoute;
  const problem = describeSignature(authorization, headers);
  return {
    ...KINDS.noRoute,
    type: "INVALID_SIGNATURE",
    errorType: problem === undefined ? "UnrecognizedClientException" : "IncompleteSignatureException",
    message: problem ?? "The security token included in the request is invalid.",
  };
}

/** What is wrong with the form of the signature; `undefined` for one that is complete. */
function describeSignature(authorization: string, headers: HeaderList): string | undefined {
  const space = authorization.indexOf(" ");
  const algorithm = space < 0 ? authorization : authorization.slice(0, space);
  if (algorithm.includes("=")) {
    return (
      "Authorization header must begin with the algorithm name, which cannot include an equal-sign " +
      `(hashed with SHA-256 and encoded with Base64): '${hash(authorization)}'.`
    );
  }
  const pairs = space < 0 ? [] : authorization.slice(space + 1).split(",");
  if (pairs.some((pair) => !pair.includes("="))) {
    return (
      "Invalid key=value pair (missing equal-sign) in Authorization header " +
      `(hashed with SHA-256 and encoded with Base64): '${hash(authorization)}'.`
    );
  }
  const given = new Set(pairs.map((pair) => (pair.split("=", 1)[0] ?? "").trim()));
  const missing = ["Credential", "Signature", "SignedHeaders"]
    .filter((name) => !given.has(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (headerValue(headers, "X-Amz-Date") === undefined && headerValue(headers, "Date") === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (missing.length === 0) return undefined;
  return `${missing.join(" ")} (Hashed with SHA-256 and encoded with Base64) Authorization=${hash(authorization)}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

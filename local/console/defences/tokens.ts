import type { Shot } from "./attacker";
import { withMember } from "./bodies";
import { type Attack, type Defence, OWASP, oneRequest, slug } from "./defence";
import {
  attackersJwk,
  claimsOf,
  publicKeyOf,
  selfSigned,
  selfSignedOnCurve,
  somebodyElse,
  tampered,
  unsigned,
  withHmac,
} from "./forged-token";
import { refreshTokenOf } from "./login-visit";
import { type Loot, lootOf } from "./loot";
import { AUTHORIZER, CLIENT_CHECK, ID_TOKEN_VALIDITY, POOLS_OF_AUTHORIZER, SCOPES } from "./token-defences";

type Forgery = Pick<Shot, "token" | "headers" | "query" | "body">;

interface TokenAttack {
  readonly name: string;
  /** For the document; left out where it is a variant of another attack. */
  readonly threat?: string;
  /** @default the authorizer itself */
  readonly defence?: Defence;
  readonly request: (loot: Loot) => Forgery | Promise<Forgery>;
}

const withToken =
  (token: (loot: Loot) => string) =>
  (loot: Loot): Forgery => ({ token: token(loot) });
const withHeaders =
  (headers: (loot: Loot) => NonNullable<Forgery["headers"]>) =>
  (loot: Loot): Forgery => ({ headers: headers(loot) });
/** The header that the pool itself would write. */
const genuine = ({ jwk }: Loot) => ({ kid: jwk.kid });
const victim = ({ IdToken }: Loot) => somebodyElse(claimsOf(IdToken));
const elsewhere = (loot: Loot) => ({
  ...victim(loot),
  iss: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Attacker1",
});

const table: readonly TokenAttack[] = [
  { name: "a request without a token", threat: "No token", request: () => ({}) },
  { name: "an empty token", request: withToken(() => "") },
  { name: "a token of spaces", request: withToken(() => "   ") },
  {
    name: "garbage in place of a token",
    threat: "Garbage for a token",
    request: withToken(() => "eyJhbGciOiJub25lIn0.garbage.%00"),
  },
  { name: "the word Bearer without a token", request: withToken(() => "Bearer") },
  {
    name: "a token after the word Basic",
    threat: "Another scheme than Bearer",
    request: withToken(({ IdToken }) => `Basic ${IdToken}`),
  },
  { name: "a token after two Bearers", request: withToken(({ IdToken }) => `Bearer Bearer ${IdToken}`) },
  { name: "a token with a space in the middle", request: withToken(({ IdToken }) => split(IdToken, " ")) },
  { name: "a token in quotes", request: withToken(({ IdToken }) => `"${IdToken}"`) },
  {
    name: "a token of 9,000 characters",
    threat: "A very long token",
    request: withToken(() => `eyJ${"A".repeat(9000)}.eyJ9.AAAA`),
  },
  {
    name: "an expired token",
    threat: "An expired token",
    request: withToken(({ expired }) => expired),
    defence: ID_TOKEN_VALIDITY,
  },
  {
    name: "a token that is not yet valid",
    threat: "A token that is not yet valid",
    request: withToken(({ early }) => early),
  },
  {
    name: "a token of the other pool",
    threat: "A token of the other pool",
    defence: POOLS_OF_AUTHORIZER,
    request: withToken(({ otherPool }) => otherPool),
  },
  {
    name: "a token of another client of the pool",
    threat: "A token of another client of the pool",
    defence: CLIENT_CHECK,
    request: withToken(({ otherClient }) => otherClient),
  },
  {
    name: "an access token",
    threat: "An access token in place of an ID token",
    defence: SCOPES,
    request: withToken(({ AccessToken }) => AccessToken),
  },
  {
    name: "a refresh token",
    threat: "A refresh token in place of an ID token",
    request: ({ attacker }) =>
      attacker.withSomebody(async (somebody) => ({
        token: await refreshTokenOf(attacker.runtime, attacker.pool, somebody),
      })),
  },
  {
    name: "a token with another user's claims under its own signature",
    threat: "Changed claims",
    request: withToken(({ IdToken }) => tampered(IdToken, { sub: "00000000-0000-4000-8000-000000000000" })),
  },
  {
    name: "a token whose expiry was put off",
    threat: "A later expiry",
    request: withToken(({ expired }) => tampered(expired, { exp: 4_102_444_800 })),
  },
  {
    name: "a token whose signature was cut off",
    threat: "No signature",
    request: withToken(({ IdToken }) => IdToken.slice(0, IdToken.lastIndexOf(".") + 1)),
  },
  {
    name: "a token with alg none",
    threat: "Algorithm none",
    request: withToken((loot) => unsigned("none", {}, victim(loot))),
  },
  {
    name: "a token with alg nOnE and the pool's key id",
    request: withToken((loot) => unsigned("nOnE", genuine(loot), victim(loot))),
  },
  {
    name: "HS256 with the pool's public key as PEM for a secret",
    threat: "The public key as HMAC secret",
    request: withToken((loot) => {
      const pem = publicKeyOf(loot.jwk).export({ type: "spki", format: "pem" });
      return withHmac(pem, genuine(loot), victim(loot));
    }),
  },
  {
    name: "HS256 with the pool's public key as DER for a secret",
    request: withToken((loot) => {
      const der = publicKeyOf(loot.jwk).export({ type: "spki", format: "der" });
      return withHmac(der, genuine(loot), victim(loot));
    }),
  },
  {
    name: "HS256 with an empty secret and a key id that is a path",
    threat: "A key id that is a path",
    request: withToken((loot) => withHmac("", { kid: "../../../../dev/null" }, victim(loot))),
  },
  {
    name: "the pool's key id with the attacker's signature",
    threat: "The attacker's signature",
    request: withToken((loot) => selfSigned(genuine(loot), victim(loot))),
  },
  {
    name: "another issuer with the pool's key id",
    threat: "Another issuer",
    request: withToken((loot) => selfSigned(genuine(loot), elsewhere(loot))),
  },
  {
    name: "the pool's key id with an ES256 signature",
    threat: "Another algorithm",
    request: withToken((loot) => selfSignedOnCurve(genuine(loot), victim(loot))),
  },
  {
    name: "a token that brings its own key",
    threat: "A key inside of the token",
    request: withToken((loot) =>
      selfSigned({ ...genuine(loot), jwk: attackersJwk(loot.jwk.kid) }, victim(loot)),
    ),
  },
  {
    name: "a token that says where to fetch its key",
    threat: "A key's address inside of the token",
    request: withToken((loot) =>
      selfSigned({ kid: "1", jku: "https://attacker.example/jwks.json" }, elsewhere(loot)),
    ),
  },
  {
    name: "two Authorization headers, the second one genuine",
    request: withHeaders(({ IdToken }) => [
      ["Authorization", "garbage"],
      ["Authorization", IdToken],
    ]),
  },
  {
    name: "two Authorization headers, the first one genuine",
    threat: "Two Authorization headers",
    request: withHeaders(({ IdToken }) => [
      ["Authorization", IdToken],
      ["Authorization", "garbage"],
    ]),
  },
  {
    name: "a genuine token in other headers",
    request: withHeaders(({ IdToken }) => [
      ["X-Authorization", IdToken],
      ["X-Amz-Security-Token", IdToken],
      ["Proxy-Authorization", `Bearer ${IdToken}`],
    ]),
  },
  {
    name: "a genuine token in a cookie",
    threat: "A token in a cookie",
    request: withHeaders(({ IdToken }) => [["Cookie", `Authorization=${IdToken}; id_token=${IdToken}`]]),
  },
  {
    name: "a genuine token in the query string",
    threat: "A token in the query string",
    request: ({ IdToken }) => ({ query: `?Authorization=${IdToken}&access_token=${IdToken}` }),
  },
  {
    name: "a genuine token in the body",
    request: ({ IdToken, attacker }) => ({
      body: withMember(attacker.target.body, "Authorization", IdToken),
    }),
  },
];

/** What somebody without a right to it sends to a route that wants an ID token. */
export const tokenAttacks = table.map(
  ({ name, threat, defence = AUTHORIZER, request }): Attack & { name: string } => ({
    ...{ name, id: slug(threat ?? name), owasp: OWASP.API2, threat, defence },
    run: oneRequest("authorizer", async (attacker) => ({
      title: name,
      ...(await request(await lootOf(attacker))),
    })),
  }),
);

/** Puts the separator into the token. */
export function split(token: string, separator: string): string {
  return `${token.slice(0, 200)}${separator}${token.slice(200)}`;
}

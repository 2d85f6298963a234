import { createHmac, createPublicKey, sign } from "node:crypto";
import fc from "fast-check";
import { KeyPair } from "../../../../local/kernel/key-pair";
import { PoolTokenVerifier } from "../../../../local/services/cognito/token-verifier";
import { anyCharacter } from "../../../support/any-character";
import { keyPairOf, privateKeyOf } from "../../../support/run/key-pairs";
import { TestClock } from "../../../support/test-clock";
import { encode, poolArn, region } from "./fixture";

const arn = poolArn(`${region}_Pool1`);
const otherArn = poolArn(`${region}_Pool2`);
const issuer = `https://cognito-idp.${region}.amazonaws.com/${region}_Pool1`;
const otherIssuer = `https://cognito-idp.${region}.amazonaws.com/${region}_Pool2`;

let clock: TestClock;
const [key, otherKey] = [keyPairOf(0), keyPairOf(1)];
let verifier: PoolTokenVerifier;

beforeEach(() => {
  clock = new TestClock();
  const pools = [
    { arn, issuer, keyPair: key },
    { arn: otherArn, issuer: otherIssuer, keyPair: otherKey },
  ];
  verifier = new PoolTokenVerifier(pools, clock);
});

function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(clock.now() / 1000);
  return {
    sub: "6f1f0f5e-0000-4000-8000-000000000001",
    iss: issuer,
    aud: "client1",
    token_use: "id",
    iat: now,
    exp: now + 3600,
    ...changes,
  };
}

function invalid(detail: string) {
  return { ok: false, reason: "invalid", detail };
}

describe("a token that the pool issued", () => {
  test("is let through with its claims", () => {
    const token = key.sign(claims({ email: "ada@example.com" }));

    const verification = verifier.verify(arn, token, "id");

    expect(verification).toEqual({ ok: true, claims: claims({ email: "ada@example.com" }) });
  });

  test("is expired from the second on that exp names, and not before", () => {
    const token = key.sign(claims());

    clock.advance({ seconds: 3599 });
    const before = verifier.verify(arn, token, "id");
    clock.advance({ seconds: 1 });
    const after = verifier.verify(arn, token, "id");

    expect(before.ok).toBe(true);
    expect(after).toEqual({ ok: false, reason: "expired", detail: "expired token" });
  });

  test("is let through for that pool and as that kind of token alone, however often it was before", () => {
    const token = key.sign(claims());

    const first = verifier.verify(arn, token, "id");

    expect(verifier.verify(arn, token, "id")).toEqual(first);
    expect(verifier.verify(otherArn, token, "id").ok).toBe(false);
    expect(verifier.verify(arn, token, "access")).toEqual(invalid("token_use is not access"));
    expect(verifier.verify(arn, `${token}A`, "id").ok).toBe(false);
  });

  test("follows the runtime's clock and not the system's", () => {
    const token = key.sign(claims({ iat: 10, exp: 20 }));

    const verification = new PoolTokenVerifier([{ arn, issuer, keyPair: key }], {
      now: () => 15_000,
    }).verify(arn, token, "id");

    expect(verification.ok).toBe(true);
  });
});

describe("a token is invalid when it", () => {
  test.each([
    "",
    " ",
    ".",
    "..",
    "a.b.c",
    "garbage",
    "Bearer x.y.z",
    "e30.e30.",
    "W10.W10.AAAA",
    "bnVsbA.bnVsbA.AAAA",
  ])("is not a token: %j", (token) => {
    expect(verifier.verify(arn, token, "id")).toMatchObject({ ok: false, reason: "invalid" });
  });

  test("was issued by another pool", () => {
    const token = otherKey.sign(claims({ iss: otherIssuer }));

    expect(verifier.verify(arn, token, "id")).toEqual(invalid("key id is not the pool's"));
    expect(verifier.verify(otherArn, token, "id").ok).toBe(true);
  });

  test("is for a pool that the deployment does not have", () => {
    const unknown = poolArn(`${region}_Nowhere`);

    const verification = verifier.verify(unknown, key.sign(claims()), "id");

    expect(verification).toEqual(invalid(`the deployment has no user pool ${unknown}`));
  });

  test("names another issuer, though the pool's key signed it", () => {
    for (const iss of [otherIssuer, `${issuer}/`, issuer.toUpperCase(), "", undefined]) {
      expect(verifier.verify(arn, key.sign(claims({ iss })), "id")).toEqual(invalid("another issuer"));
    }
  });

  test("carries the pool's key id and issuer, but another key signed it", () => {
    const forged = sealWith({ kid: key.jwk.kid, alg: "RS256" }, claims(), (input) =>
      sign("sha256", Buffer.from(input), privateKeyOf(2)),
    );

    expect(verifier.verify(arn, forged, "id")).toEqual(invalid("bad signature"));
  });

  test("brings its own key in the header", () => {
    const own = privateKeyOf(2);
    const jwk = {
      ...createPublicKey(own).export({ format: "jwk" }),
      kid: key.jwk.kid,
      alg: "RS256",
      use: "sig",
    };
    const header = { kid: key.jwk.kid, alg: "RS256", jwk, jku: "http://127.0.0.1/jwks.json" };

    const forged = sealWith(header, claims(), (input) => sign("sha256", Buffer.from(input), own));

    expect(verifier.verify(arn, forged, "id")).toEqual(invalid("bad signature"));
  });

  test.each(["none", "None", "NONE", ""])("says that it is not signed: alg %j", (alg) => {
    const header = encode({ kid: key.jwk.kid, alg });

    const verifications = ["", "AAAA"].map((signature) =>
      verifier.verify(arn, `${header}.${encode(claims())}.${signature}`, "id"),
    );

    expect(verifications).toEqual([invalid("malformed token"), invalid("signature algorithm is not RS256")]);
  });

  test("is signed with HS256 and the public key as the secret", () => {
    const secrets = [
      createPublicKey(key.publicKey.export({ type: "spki", format: "pem" })).export({
        type: "spki",
        format: "pem",
      }),
      key.publicKey.export({ type: "pkcs1", format: "pem" }),
      JSON.stringify(key.jwk),
      Buffer.from(key.jwk.n, "base64url"),
    ];

    const verifications = secrets.map((secret) =>
      verifier.verify(
        arn,
        sealWith({ kid: key.jwk.kid, alg: "HS256" }, claims(), (input) =>
          createHmac("sha256", secret).update(input).digest(),
        ),
        "id",
      ),
    );

    expect(verifications).toEqual(secrets.map(() => invalid("signature algorithm is not RS256")));
  });

  test("has no key id, or one of nobody", () => {
    for (const kid of [undefined, "", "nobody", otherKey.jwk.kid, "../../dev/null"]) {
      const [, payload, signature] = key.sign(claims()).split(".");
      const token = `${encode({ kid, alg: "RS256" })}.${payload}.${signature}`;

      expect(verifier.verify(arn, token, "id")).toEqual(invalid("key id is not the pool's"));
    }
  });

  test("has other claims than were signed", () => {
    const [header, , signature] = key.sign(claims()).split(".");

    const tampered = `${header}.${encode(claims({ sub: "somebody else" }))}.${signature}`;

    expect(verifier.verify(arn, tampered, "id")).toEqual(invalid("bad signature"));
  });

  test("is an access token where an ID token is asked for, and the other way round", () => {
    const access = key.sign(claims({ token_use: "access" }));
    const id = key.sign(claims());

    expect(verifier.verify(arn, access, "id")).toEqual(invalid("token_use is not id"));
    expect(verifier.verify(arn, id, "access")).toEqual(invalid("token_use is not access"));
    expect(verifier.verify(arn, access, "access").ok).toBe(true);
  });

  test("says nothing of its use", () => {
    expect(verifier.verify(arn, key.sign(claims({ token_use: undefined })), "id")).toEqual(
      invalid("token_use is not id"),
    );
  });

  test("is not valid yet", () => {
    const later = Math.floor(clock.now() / 1000) + 60;

    expect(verifier.verify(arn, key.sign(claims({ nbf: later })), "id")).toEqual(
      invalid("token not yet valid"),
    );
    expect(verifier.verify(arn, key.sign(claims({ iat: later })), "id")).toEqual(
      invalid("token not yet valid"),
    );
  });

  test("never expires", () => {
    expect(verifier.verify(arn, key.sign(claims({ exp: undefined })), "id")).toEqual(
      invalid("token without expiry"),
    );
    expect(verifier.verify(arn, key.sign(claims({ exp: "never" })), "id")).toEqual(
      invalid("malformed token"),
    );
  });
});

describe("expired is said only of a token sound in every other respect:", () => {
  const past = { iat: 1, exp: 2 };

  test.each([
    ["another pool's", () => otherKey.sign(claims({ ...past, iss: otherIssuer }))],
    ["another issuer's", () => key.sign(claims({ ...past, iss: otherIssuer }))],
    ["an access token", () => key.sign(claims({ ...past, token_use: "access" }))],
    ["one not valid yet", () => key.sign(claims({ ...past, nbf: 4_000_000_000 }))],
    ["a forged one", () => `${key.sign(claims(past)).slice(0, -8)}AAAAAAAA`],
  ])("not of %s", (_which, token) => {
    expect(verifier.verify(arn, token(), "id")).toMatchObject({ ok: false, reason: "invalid" });
  });
});

describe("whatever comes in", () => {
  test("no text verifies or throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: anyCharacter }), fc.base64String()), (text) => {
        expect(verifier.verify(arn, text, "id")).toMatchObject({ ok: false, reason: "invalid" });
      }),
      { numRuns: 500 },
    );
  });

  test("no token of any parts verifies or throws", () => {
    const part = fc.oneof(
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ alg: "RS256", value })),
    );
    fc.assert(
      fc.property(part, part, fc.uint8Array({ maxLength: 300 }), (header, payload, signature) => {
        const token = [header, payload, signature]
          .map((bytes) => Buffer.from(bytes).toString("base64url"))
          .join(".");

        expect(verifier.verify(arn, token, "id")).toMatchObject({ ok: false, reason: "invalid" });
      }),
      { numRuns: 300 },
    );
  });

  test("a token changed in one character is refused", () => {
    const token = key.sign(claims());
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ maxLength: 2 }), (index, replacement) => {
        fc.pre(token.charAt(index) !== replacement);
        const mutated = token.slice(0, index) + replacement + token.slice(index + 1);

        expect(verifier.verify(arn, mutated, "id").ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test("another spelling of the same signature is refused", () => {
    const token = key.sign(claims());
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = alphabet.indexOf(token.slice(-1));

    const respelled = [`${token}=`, `${token}==`, token.slice(0, -1) + alphabet.charAt(last ^ 1)];

    expect(respelled.map((spelling) => verifier.verify(arn, spelling, "id"))).toEqual(
      respelled.map(() => invalid("malformed token")),
    );
  });

  test("the reason for the log never quotes the token", () => {
    const evil = "evil\n127.0.0.1 GET /lambda1 200";
    const tokens = [
      key.sign(claims({ iss: evil })),
      key.sign(claims({ token_use: evil })),
      sealWith({ kid: key.jwk.kid, alg: evil }, claims(), () => Buffer.alloc(3)),
      sealWith({ kid: evil, alg: "RS256" }, claims(), () => Buffer.alloc(3)),
    ];

    for (const token of tokens) {
      expect(JSON.stringify(verifier.verify(arn, token, "id"))).not.toContain("evil");
    }
  });
});

function sealWith(header: object, payload: object, seal: (input: string) => Buffer): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${seal(input).toString("base64url")}`;
}

test("a pool's key is created for a token that names it, and for no other", () => {
  let made = 0;
  const lazy = new KeyPair(() => {
    made += 1;
    return privateKeyOf(2);
  });
  const strict = new PoolTokenVerifier([{ arn, issuer, keyPair: lazy }], clock);

  expect(strict.verify(arn, "not-a-token", "id").ok).toBe(false);
  expect(strict.verify(arn, key.sign(claims()), "id")).toEqual(invalid("key id is not the pool's"));
  expect([made, lazy.isMade]).toEqual([0, false]);
  expect(strict.verify(arn, lazy.sign(claims()), "id").ok).toBe(true);
  expect(lazy.jwk.kid).toBe(lazy.kid);
  expect([made, lazy.isMade]).toEqual([1, true]);
});

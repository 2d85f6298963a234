import crypto, { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { KeyPair } from "../../../local/kernel/key-pair";
import { folderOnce } from "./once-a-run";

/** From one run to the next: it takes tenths of a second to find the primes of a key. */
const KEPT = path.resolve(__dirname, "../../../node_modules/.cache/secure-lambda/keys-of-tests");

/** A key pair for each pool of one runtime, in order: the same in every runtime, because RSA keys take long to generate. */
export function keyPairs(): () => KeyPair {
  let pool = 0;
  return () => keyPairOf(pool++);
}

/** The key pair of the runtime's first, second, … pool. */
export function keyPairOf(pool: number): KeyPair {
  return new KeyPair(() => privateKeyOf(pool));
}

export function privateKeyOf(pool: number): KeyObject {
  return createPrivateKey(readFileSync(pemOf(pool)));
}

/** Lets what generates RSA keys while `act` runs have these, from the given one on. */
export function withKeysFrom<T>(first: number, act: () => T): T {
  let next = first;
  const generated = jest.spyOn(crypto, "generateKeyPairSync").mockImplementation(() => {
    const privateKey = privateKeyOf(next++);
    return { privateKey, publicKey: createPublicKey(privateKey) };
  });
  try {
    return act();
  } finally {
    generated.mockRestore();
  }
}

/** Variables with which a command, in a process of its own, takes these keys for its first three pools instead of generating its own. */
export function keptKeys(): { readonly NODE_OPTIONS: string; readonly RSA_KEY_FILES: string } {
  return {
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --require ${JSON.stringify(path.join(__dirname, "kept-keys.cjs"))}`,
    RSA_KEY_FILES: JSON.stringify([0, 1, 2].map(pemOf)),
  };
}

function pemOf(pool: number): string {
  const folder = folderOnce(path.join(KEPT, `${pool}`), (draft) => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    writeFileSync(path.join(draft, "private.pem"), privateKey);
  });
  return path.join(folder, "private.pem");
}

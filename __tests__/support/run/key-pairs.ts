import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { KeyPair } from "../../../local/kernel/key-pair";
import { folderOnceARun } from "./once-a-run";

/** A key pair for each pool of one runtime, in order: the same in every runtime, because RSA keys take long to generate. */
export function keyPairs(): () => KeyPair {
  let pool = 0;
  return () => keyPairOf(pool++);
}

/** The key pair of the runtime's first, second, … pool. */
export function keyPairOf(pool: number): KeyPair {
  return new KeyPair(() => createPrivateKey(readFileSync(pemOf(pool))));
}

function pemOf(pool: number): string {
  const folder = folderOnceARun(`key-pair-${pool}`, (draft) => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    writeFileSync(path.join(draft, "private.pem"), privateKey);
  });
  return path.join(folder, "private.pem");
}

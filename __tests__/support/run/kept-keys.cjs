// For `node --require`: the first RSA keys that a process generates are those in the files that RSA_KEY_FILES names.
const crypto = require("node:crypto");
const fs = require("node:fs");
const modules = require("node:module");

const { generateKeyPairSync } = crypto;
/** @type {string[]} */
const files = JSON.parse(process.env.RSA_KEY_FILES ?? "[]");

/**
 * @param {string} type
 * @param {{ modulusLength?: number }} options
 */
function keyPair(type, options) {
  const file = type === "rsa" && options.modulusLength === 2048 ? files.shift() : undefined;
  if (file === undefined) return Reflect.apply(generateKeyPairSync, crypto, [type, options]);
  const privateKey = crypto.createPrivateKey(fs.readFileSync(file));
  return { privateKey, publicKey: crypto.createPublicKey(privateKey) };
}

Object.assign(crypto, { generateKeyPairSync: keyPair });
modules.syncBuiltinESMExports();

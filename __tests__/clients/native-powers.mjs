import { createDiffieHellman } from "node:crypto";

/**
 * Has OpenSSL compute a client's powers, as native code does on React Native (`enhance-rn.js` of amazon-cognito-identity-js,
 * `BigInteger/index.native.mjs` of @aws-amplify/auth): the same numbers, for which the library's own arithmetic takes 0.1 s
 * each. The browsers' tests have that.
 */
export function raiseNatively(BigInteger) {
  BigInteger.prototype.modPow = function modPow(exponent, modulus, done) {
    const group = createDiffieHellman(bytesOf(modulus), 2);
    group.setPrivateKey(bytesOf(exponent));
    // A base below 0 is one that the library subtracted; OpenSSL takes its remainder.
    const power = group.computeSecret(bytesOf(this.mod(modulus)));
    done(null, new BigInteger(power.toString("hex"), 16));
  };
}

function bytesOf(number) {
  const digits = number.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
}

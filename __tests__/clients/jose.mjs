// jose as an API of one's own verifies tokens with it, unmodified but for the address of the keys.
import { createRemoteJWKSet, jwtVerify } from "jose";

let given = {};

const steps = {
  verify: async () => {
    const { payload, protectedHeader } = await jwtVerify(
      given.token,
      createRemoteJWKSet(new URL(given.keys)),
      {
        issuer: given.issuer,
        ...(given.audience === undefined ? {} : { audience: given.audience }),
        currentDate: new Date(Date.now() + 1_000 * (given.later ?? 0)),
      },
    );
    return { payload, alg: protectedHeader.alg };
  },
};

export function run(options) {
  given = options;
  return steps[given.step]().catch(({ code, message }) => ({ error: code, message }));
}

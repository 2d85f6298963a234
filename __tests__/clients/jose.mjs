// jose as an API of one's own verifies tokens with it, unmodified but for the address of the keys. A line of input is a step, a
// line of output what it came to, both JSON.
import { createInterface } from "node:readline";
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

for await (const line of createInterface({ input: process.stdin })) {
  given = JSON.parse(line);
  const answer = await steps[given.step]().catch(({ code, message }) => ({ error: code, message }));
  process.stdout.write(`${JSON.stringify(answer ?? null)}\n`);
}

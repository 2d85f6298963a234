import { localTarget, type Target } from "../../cli/common/target";
import type { Runtime } from "../../local/runtime-options";
import { emailOf, TEST_PASSWORD } from "./local-runtime";

/**
 * A running deployment as the end-to-end check sees it, with the test user of each pool.
 *
 * @param deployed what of it depends on settings
 */
export function checkTargetOf(
  runtime: Runtime,
  deployed: { readonly functions?: string[]; readonly apiKeys?: string[] } = {},
): Target {
  const { awsEndpointUrl, inboxUrl, region } = runtime;
  return localTarget({
    ...{ awsEndpointUrl, inboxUrl, region },
    pid: process.pid,
    invokeUrl: runtime.invokeUrls[0] ?? "",
    userPools: runtime.userPools.map((pool) => ({
      ...pool,
      user: { email: emailOf(pool.name), password: TEST_PASSWORD },
    })),
    ...deployed,
  });
}

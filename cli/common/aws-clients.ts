import type { Target } from "./target";

/** API Gateway and Lambda answer within 30 seconds, or not at all. */
export const ANSWER_TIMEOUT_MS = 40_000;

/** How an SDK client reaches the target: the local runtime takes any access key, AWS the one of the user's profile. */
export function clientConfig(target: Pick<Target, "region" | "awsEndpointUrl">) {
  const common = {
    region: target.region,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  };
  if (target.awsEndpointUrl === undefined) return common;
  return {
    ...common,
    endpoint: target.awsEndpointUrl,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
}

import type { Target } from "../verification/target";

// The SDK announces, on every start, the day on which its newer versions end their support of this Node.js.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** How an SDK client reaches the target: the local runtime takes any access key, AWS the one of the user's profile. */
export function clientConfig(target: Pick<Target, "region" | "awsEndpointUrl">) {
  if (target.awsEndpointUrl === undefined) return { region: target.region };
  return {
    region: target.region,
    endpoint: target.awsEndpointUrl,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
}

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { formatArn, type Place, parseArn, partitionOf } from "../kernel/arn";
import { seededUuid } from "../kernel/ids";
import { DeploymentError } from "./attributes";
import type { Resource } from "./deployment";
import { type ComputedAttributes, inert, nameOf, type ResourceType } from "./resource-type";

/** Types that no service serves: data that is evaluated when a deployment is read, and what only AWS does. */

/**
 * Hashes of what goes into the archive instead of the archive's own: they change when, and only when, a file does.
 * The archive's size is left out, nothing but the archive has it.
 */
const archiveFile: ComputedAttributes = (own, { stackFolder }) => {
  const fingerprint = fingerprintOf(own, stackFolder);
  const hash = (algorithm: string, encoding: "hex" | "base64") =>
    createHash(algorithm).update(fingerprint).digest(encoding);
  return {
    id: hash("sha1", "hex"),
    output_sha: hash("sha1", "hex"),
    output_md5: hash("md5", "hex"),
    output_sha256: hash("sha256", "hex"),
    output_sha512: hash("sha512", "hex"),
    output_base64sha256: hash("sha256", "base64"),
    output_base64sha512: hash("sha512", "base64"),
  };
};

/** The hash of all that goes into the archive. A bundle and its source map are megabytes: they are read and hashed once. */
function fingerprintOf(own: Resource, stackFolder: string): Buffer {
  const fingerprint = createHash("sha256");
  const key = own.has("source_dir") ? "source_dir" : "source_file";
  if (!own.has(key)) return fingerprint.update(JSON.stringify(own.values)).digest();
  const path = resolve(stackFolder, own.string(key));
  if (!existsSync(path))
    throw new DeploymentError(
      `${own.address} (stack ${own.stack}): ${key} ${path} is not there; synthesize the stacks again with \`npx cdktf synth\`, and keep the assets beside the stacks`,
    );
  for (const file of filesOf(path, "")) {
    const content = readFileSync(join(path, file));
    fingerprint.update(JSON.stringify([file, content.length])).update(content);
  }
  return fingerprint.digest();
}

/** The paths of the files below, in one order everywhere; `[""]` for a file. */
function filesOf(root: string, path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(root, join(path, name)));
}

const key: ComputedAttributes = (own, place) => {
  const id = seededUuid(own.seed("id"));
  return { id, key_id: id, arn: formatArn(place, "kms", `key/${id}`) };
};

/** The region of that name, or the provider's. */
const namedRegion: ComputedAttributes = (own, place) => {
  const region = own.optionalString("name") ?? place.region;
  return { id: region, name: region, endpoint: `ec2.${region}.amazonaws.com` };
};

const partition: ComputedAttributes = (_own, { region }) => {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return {
    id: partitionOf(region),
    partition: partitionOf(region),
    dns_suffix: suffix,
    reverse_dns_prefix: suffix.split(".").reverse().join("."),
  };
};

const callerIdentity: ComputedAttributes = (_own, place) => ({
  id: place.accountId,
  account_id: place.accountId,
  arn: formatArn(place, "iam", "root", { region: "" }),
  user_id: place.accountId,
});

const kmsAlias: ComputedAttributes = (own, place) => {
  const name = nameOf(own);
  const target = own.optionalString("target_key_id") ?? "";
  const arn = formatArn(place, "kms", name);
  return {
    id: name,
    name,
    arn,
    target_key_arn: parseArn(target) ? target : formatArn(place, "kms", `key/${target}`),
  };
};

/** An ARN with a name at its end, for types that nobody calls here. */
const named =
  (
    key: string,
    arnKey: string,
    service: string,
    kind: string,
    place: Partial<Place> = {},
  ): ComputedAttributes =>
  (own, surroundings) => {
    const name = own.string(key);
    return { id: name, [arnKey]: formatArn(surroundings, service, kind + name, place) };
  };

const EVALUATED = "data that is evaluated when the deployment is read";
const UNENCRYPTED = "nothing is encrypted here";
const UNTRACED = "no traces are kept here";
const NO_METRICS = "no metrics are kept here";
const LOGS_ONLY = "what AWS makes of log events besides keeping them";

export const accountResourceTypes: readonly ResourceType[] = [
  inert("data.archive_file", EVALUATED, { computed: archiveFile }),
  inert("data.aws_caller_identity", EVALUATED, { computed: callerIdentity }),
  inert("data.aws_region", EVALUATED, { computed: namedRegion }),
  inert("data.aws_partition", EVALUATED, { computed: partition }),
  inert("aws_kms_key", `${UNENCRYPTED}: neither at rest, nor does the key's policy stop anybody`, {
    computed: key,
    named: true,
  }),
  inert("aws_kms_key_policy", UNENCRYPTED, { computed: (own) => ({ id: own.string("key_id") }) }),
  inert("aws_kms_grant", UNENCRYPTED),
  inert("aws_kms_alias", UNENCRYPTED, { computed: kmsAlias }),
  ...["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"].map((type) =>
    inert(type, `${NO_METRICS}, and no alarm goes off`, {
      computed: named("alarm_name", "arn", "cloudwatch", "alarm:"),
      named: true,
    }),
  ),
  inert("aws_cloudwatch_dashboard", NO_METRICS, {
    computed: named("dashboard_name", "dashboard_arn", "cloudwatch", "dashboard/", { region: "" }),
  }),
  inert("aws_cloudwatch_query_definition", "a query that people keep in the console", {
    computed: (own) => ({ query_definition_id: seededUuid(own.seed("id")), id: seededUuid(own.seed("id")) }),
  }),
  inert("aws_cloudwatch_log_metric_filter", `${LOGS_ONLY}: ${NO_METRICS}`, {
    computed: (own) => ({ id: own.string("name") }),
    named: true,
  }),
  inert("aws_cloudwatch_log_anomaly_detector", LOGS_ONLY),
  inert("aws_xray_sampling_rule", UNTRACED, {
    computed: named("rule_name", "arn", "xray", "sampling-rule/"),
  }),
  inert("aws_xray_group", UNTRACED, { computed: named("group_name", "arn", "xray", "group/") }),
  inert("aws_xray_encryption_config", UNTRACED),
  inert("aws_xray_resource_policy", UNTRACED),
];

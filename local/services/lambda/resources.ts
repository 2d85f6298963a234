import { apiModel } from "../../deployment/api-model";
import {
  type ComputedAttributes,
  inert,
  type ResourceType,
  refused,
  served,
  uniqueSuffix,
} from "../../deployment/resource-type";
import { formatArn, nameFromArn, type Place } from "../../kernel/arn";
import { LOWERCASE, seededId, seededUuid } from "../../kernel/ids";
import { permissionPolicy } from "./permissions";

const lambdaFunction: ComputedAttributes = (own, place) => {
  const name = own.string("function_name");
  const arn = formatArn(place, "lambda", `function:${name}`);
  const version = own.boolean("publish", false) ? "1" : "$LATEST";
  return {
    arn,
    id: name,
    invoke_arn: invokeArn(place, arn),
    qualified_arn: `${arn}:${version}`,
    qualified_invoke_arn: invokeArn(place, `${arn}:${version}`),
    version,
    architectures: ["x86_64"],
    memory_size: 128,
    package_type: "Zip",
    publish: false,
    reserved_concurrent_executions: -1,
    timeout: 3,
  };
};

/** What API Gateway calls for the function. */
function invokeArn(place: Place, arn: string): string {
  return formatArn(place, "apigateway", `path/2015-03-31/functions/${arn}/invocations`, {
    accountId: "lambda",
  });
}

const alias: ComputedAttributes = (own, place) => {
  const functionName = nameFromArn(own.string("function_name"));
  const arn = formatArn(place, "lambda", `function:${functionName}:${own.string("name")}`);
  return { arn, id: arn, invoke_arn: invokeArn(place, arn) };
};

const permission: ComputedAttributes = (own) => {
  const prefix = own.optionalString("statement_id_prefix") ?? "terraform-";
  const id = own.optionalString("statement_id") ?? `${prefix}${uniqueSuffix(own, "statement")}`;
  return { id, statement_id: id };
};

const eventInvokeConfig: ComputedAttributes = (own) => {
  const qualifier = own.optionalString("qualifier");
  const name = own.string("function_name");
  return {
    id: qualifier === undefined ? name : `${name}:${qualifier}`,
    maximum_retry_attempts: 2,
  };
};

const eventSourceMapping: ComputedAttributes = (own, place) => {
  const uuid = seededUuid(own.seed("uuid"));
  const arn = formatArn(place, "lambda", `event-source-mapping:${uuid}`);
  return { arn, id: uuid, uuid, state: "Enabled", batch_size: 10, maximum_batching_window_in_seconds: 0 };
};

const layerVersion: ComputedAttributes = (own, place) => {
  const layer_arn = formatArn(place, "lambda", `layer:${own.string("layer_name")}`);
  return { layer_arn, arn: `${layer_arn}:1`, id: `${layer_arn}:1`, version: "1" };
};

const takes = apiModel(__dirname);

export const lambdaResourceTypes: readonly ResourceType[] = [
  served("aws_lambda_function", {
    inputs: takes(["CreateFunction"]),
    providerOnly: [
      "code_sha256",
      "invoke_arn",
      "last_modified",
      "qualified_arn",
      "qualified_invoke_arn",
      "signing_job_arn",
      "signing_profile_version_arn",
      "snap_start.optimization_status",
      "source_code_size",
      "version",
      "vpc_config.vpc_id",
    ],
    computed: lambdaFunction,
    inert: {
      source_code_hash: "when Terraform uploads the code again",
      publish: "whether there is a version beside $LATEST; the version says so itself",
      replace_security_groups_on_destroy: "what Terraform does when it destroys the function",
      replacement_security_group_ids: "what Terraform does when it destroys the function",
      kms_key_arn: "nothing is encrypted here",
    },
    notEnforced: {
      code_signing_config_arn:
        "AWS runs only code that a trusted profile signed; no signature is checked here",
      vpc_config:
        "on AWS the function reaches what its subnets and security groups let it; here, what this machine does",
      "ephemeral_storage.size": "the size of /tmp is not limited here",
      "tracing_config.mode": "no traces are kept here",
    },
    defaults: {
      "ephemeral_storage.size": 512,
      "tracing_config.mode": "PassThrough",
      "snap_start.apply_on": "None",
    },
  }),
  served("aws_lambda_alias", {
    inputs: takes(["CreateAlias"]),
    providerOnly: ["invoke_arn"],
    computed: alias,
  }),
  served("aws_lambda_permission", {
    inputs: takes(["AddPermission"]),
    computed: permission,
    policy: permissionPolicy,
    inert: { statement_id_prefix: "a name for people" },
  }),
  served("aws_lambda_function_event_invoke_config", {
    inputs: takes(["PutFunctionEventInvokeConfig"]),
    computed: eventInvokeConfig,
  }),
  served("aws_lambda_event_source_mapping", {
    inputs: takes(["CreateEventSourceMapping"]),
    providerOnly: [
      "function_arn",
      "last_modified",
      "last_processing_result",
      "state",
      "state_transition_reason",
      "uuid",
    ],
    computed: eventSourceMapping,
    inert: {
      kms_key_arn: "nothing is encrypted here",
      metrics_config: "no metrics are kept here",
    },
    notEnforced: {
      provisioned_poller_config: "on AWS pollers of the mapping's own give it more throughput",
    },
  }),
  served("aws_lambda_layer_version", {
    inputs: takes(["PublishLayerVersion"]),
    providerOnly: [
      "code_sha256",
      "created_date",
      "layer_arn",
      "signing_job_arn",
      "signing_profile_version_arn",
      "source_code_size",
      "version",
    ],
    computed: layerVersion,
    inert: {
      source_code_hash: "when Terraform uploads the archive again",
      compatible_runtimes: "what consoles and people are shown",
      compatible_architectures: "what consoles and people are shown",
      description: "a note for people",
      license_info: "a note for people",
    },
  }),
  refused(
    "aws_lambda_function_url",
    "it is an address of its own for the function, past web ACL, authorizer, throttle and validation",
  ),
  refused("aws_lambda_invocation", "the function runs at every deployment"),
  inert("aws_lambda_layer_version_permission", "which other accounts may use the layer"),
  inert("aws_lambda_provisioned_concurrency_config", "functions start here when they are needed"),
  inert("aws_lambda_runtime_management_config", "functions run here on your Node.js", { named: true }),
  inert(
    "aws_lambda_code_signing_config",
    "AWS runs only code that a trusted profile signed; no signature is checked here",
    {
      named: true,
      computed: (own, place) => {
        const id = `csc-${seededId(own.seed("id"), 17, LOWERCASE)}`;
        const arn = formatArn(place, "lambda", `code-signing-config:${id}`);
        return { arn, id: arn, config_id: id };
      },
    },
  ),
  inert(
    "aws_lambda_function_recursion_config",
    "AWS stops a function that calls itself round and round; that is not done here",
    {
      named: true,
    },
  ),
];

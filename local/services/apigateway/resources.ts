import { apiModel } from "../../deployment/api-model";
import { inert, type ResourceType, refused, served } from "../../deployment/resource-type";
import {
  apiKey,
  authorizer,
  deployment,
  domainName,
  drawnId,
  idFrom,
  integration,
  method,
  methodSettings,
  ofMethod,
  resource,
  restApi,
  stage,
  usagePlan,
  usagePlanKey,
} from "./computed-attributes";
import { importedApi } from "./import/imported-api";
import { stageOfDeployment } from "./stages";

const SECOND_API = "it is, or belongs to, a second API, which no web ACL can guard";
const ANOTHER_ADDRESS = "the API also has this address, which nothing here answers at";
const CERTIFICATE = [
  ...[
    "certificate_arn",
    "certificate_body",
    "certificate_chain",
    "certificate_name",
    "certificate_private_key",
  ],
  ...["ownership_verification_certificate_arn", "regional_certificate_arn", "regional_certificate_name"],
];
const FOR_IMPORTS = "how Terraform imports a body into an API that is there already";
const DOCUMENTATION = "documentation of the API, which no client gets";

const takes = apiModel(__dirname);

export const apiGatewayResourceTypes: readonly ResourceType[] = [
  served("aws_api_gateway_rest_api", {
    inputs: takes(["CreateRestApi"]),
    providerOnly: ["created_date", "execution_arn", "root_resource_id"],
    computed: restApi,
    creates: (api, place) => importedApi(api, place)?.resources ?? [],
    shown: ["name", "description"],
    inert: {
      "endpoint_configuration.ip_address_type": "the address here is 127.0.0.1",
      fail_on_warnings: FOR_IMPORTS,
      put_rest_api_mode: FOR_IMPORTS,
    },
    defaults: { disable_execute_api_endpoint: false },
  }),
  refused("aws_api_gateway_rest_api_policy", "it decides who may call the API at all"),
  refused("aws_api_gateway_rest_api_put", "it replaces the API by an OpenAPI document"),
  served("aws_api_gateway_resource", {
    providerOnly: ["path"],
    computed: resource,
  }),
  served("aws_api_gateway_method", { computed: method }),
  served("aws_api_gateway_method_response", {
    inputs: takes(["PutMethodResponse"]),
    shown: ["status_code", "response_parameters", "response_models"],
    computed: idFrom("agmr", ...ofMethod, "status_code"),
  }),
  served("aws_api_gateway_integration", {
    inputs: takes(["PutIntegration"]),
    defaults: { connection_type: "INTERNET", passthrough_behavior: "WHEN_NO_MATCH" },
    shown: ["cache_namespace", "cache_key_parameters", "uri", "request_templates", "integration_http_method"],
    computed: integration,
  }),
  served("aws_api_gateway_integration_response", {
    inputs: takes(["PutIntegrationResponse"]),
    shown: ["selection_pattern", "response_templates"],
    computed: idFrom("agir", ...ofMethod, "status_code"),
  }),
  served("aws_api_gateway_gateway_response", {
    inputs: takes(["PutGatewayResponse"]),
    computed: idFrom("aggr", "rest_api_id", "response_type"),
  }),
  served("aws_api_gateway_authorizer", {
    inputs: takes(["CreateAuthorizer"]),
    computed: authorizer,
  }),
  served("aws_api_gateway_model", { computed: drawnId }),
  served("aws_api_gateway_request_validator", {
    parent: { attribute: "rest_api_id", type: "aws_api_gateway_rest_api" },
    computed: drawnId,
    shown: ["name"],
  }),
  served("aws_api_gateway_deployment", {
    providerOnly: ["created_date", "execution_arn", "invoke_url"],
    computed: deployment,
    creates: stageOfDeployment,
    inert: {
      rest_api_id: "a stage names its deployment, and both name the API",
      triggers: "when Terraform deploys again",
      description: "a note for people",
    },
  }),
  served("aws_api_gateway_stage", {
    inputs: takes(["CreateStage"]),
    providerOnly: ["execution_arn", "invoke_url", "web_acl_arn"],
    computed: stage,
    shown: ["description"],
    inert: {
      documentation_version: DOCUMENTATION,
      cache_cluster_size: "there is no cache: cache_cluster_enabled is refused",
    },
    notEnforced: {
      client_certificate_id: "HTTP endpoints get no client certificate",
      xray_tracing_enabled: "no traces are sent to X-Ray",
    },
    defaults: { cache_cluster_enabled: false },
  }),
  served("aws_api_gateway_method_settings", {
    computed: methodSettings,
    inert: {
      "settings.metrics_enabled": "no metrics are kept here",
      "settings.data_trace_enabled": "bodies are never logged here",
    },
    defaults: {
      "settings.caching_enabled": false,
      "settings.cache_data_encrypted": true,
      "settings.cache_ttl_in_seconds": 300,
      "settings.require_authorization_for_cache_control": true,
      "settings.unauthorized_cache_control_header_strategy": "SUCCEED_WITH_RESPONSE_HEADER",
    },
  }),
  inert("aws_api_gateway_account", "the role with which API Gateway writes logs; here it needs none", {
    computed: () => ({ id: "api-gateway-account" }),
  }),
  inert("aws_api_gateway_client_certificate", "for HTTP endpoints, which get none here", {
    computed: drawnId,
  }),
  inert("aws_api_gateway_documentation_part", DOCUMENTATION, { computed: drawnId }),
  inert("aws_api_gateway_documentation_version", DOCUMENTATION, { computed: drawnId }),
  served("aws_api_gateway_usage_plan", {
    inputs: takes(["CreateUsagePlan"], { quota_settings: "quota" }),
    shown: ["name", "description"],
    computed: usagePlan,
    inert: { product_code: "how AWS Marketplace bills the plan" },
  }),
  served("aws_api_gateway_usage_plan_key", {
    defaults: { key_type: "API_KEY" },
    providerOnly: ["name", "value"],
    computed: usagePlanKey,
  }),
  served("aws_api_gateway_api_key", {
    shown: ["description"],
    providerOnly: ["created_date", "last_updated_date"],
    computed: apiKey,
    inert: { customer_id: "how AWS Marketplace bills the key" },
  }),
  // Client certificates and a policy decide who may come in at all: set, they stop the start.
  served("aws_api_gateway_domain_name", {
    computed: domainName,
    notEnforced: { domain_name: ANOTHER_ADDRESS },
    providerOnly: [
      ...["certificate_upload_date", "cloudfront_domain_name", "cloudfront_zone_id"],
      ...["domain_name_id", "regional_domain_name", "regional_zone_id"],
    ],
    inert: {
      ...Object.fromEntries(
        CERTIFICATE.map((name) => [name, "the certificate of an address that nothing has here"]),
      ),
      endpoint_configuration: "where the address is",
      security_policy: "which TLS the address speaks",
    },
  }),
  refused("aws_api_gateway_domain_name_access_association", "the API has another address, inside a VPC"),
  inert("aws_api_gateway_base_path_mapping", ANOTHER_ADDRESS, {
    computed: (own) => ({ id: own.string("domain_name") }),
  }),
  refused(
    "aws_api_gateway_vpc_link",
    "integrations reach into a VPC through it (with connection_type INTERNET and the URL of what is at its end they are served)",
  ),
  ...[
    "api",
    "api_mapping",
    "authorizer",
    "deployment",
    "domain_name",
    "integration",
    "integration_response",
  ].map((name) => refused(`aws_apigatewayv2_${name}`, SECOND_API)),
  ...["model", "route", "route_response", "stage", "vpc_link"].map((name) =>
    refused(`aws_apigatewayv2_${name}`, SECOND_API),
  ),
];

import type { Threat } from "./support/threat";

const RESOURCES = "api4-resource-consumption.test.ts";
const FLOWS = "api6-business-flows.test.ts";
const FORGERY = "api7-ssrf.test.ts";
const CONFIGURATION = "api8-misconfiguration.test.ts";
const INVENTORY = "api9-inventory.test.ts";
const CONSUMPTION = "api10-unsafe-consumption.test.ts";

type Row = Omit<Threat, "owasp">;
const of = (owasp: Threat["owasp"], rows: readonly Row[]): Threat[] => rows.map((row) => ({ ...row, owasp }));

const resources: readonly Row[] = [
  {
    threat: "A signed-in user floods an API",
    layer: "Stage throttle",
    setting: "aws_api_gateway_method_settings.throttling_rate_limit, throttling_burst_limit",
    test: `${RESOURCES} › throttles a flood of a signed-in user: the burst of 50 passes, the next one gets 429`,
    counterpart: `${RESOURCES} › lets a signed-in user's flood through when the stage has no throttle`,
  },
  {
    threat: "Somebody without a token floods an API, which the throttle behind the authorizer never sees",
    layer: "Web ACL, rule RateLimit",
    setting: "aws_wafv2_web_acl.rule: rate_based_statement",
    test: `${RESOURCES} › blocks a flood without tokens by the web ACL's rate rule, which the stage's throttle never sees`,
    counterpart: `${RESOURCES} › lets a flood without tokens through to the authorizer when the web ACL has no rate rule`,
  },
  {
    threat: "A flood pretends to come from many sources",
    layer: "Web ACL, rule RateLimit",
    setting: "aws_wafv2_web_acl.rule: rate_based_statement.aggregate_key_type",
    test: `${RESOURCES} › counts a flood as one source whatever X-Forwarded-For says`,
    counterpart: `${RESOURCES} › lets a flood through that names another source each time when the rate rule counts X-Forwarded-For`,
  },
  {
    threat: "A flood comes pipelined over one connection",
    layer: "Web ACL, rule RateLimit",
    setting: "aws_wafv2_web_acl.rule: rate_based_statement",
    test: `${RESOURCES} › counts every request of a pipelined flood, and answers each in its turn`,
    counterpart: `${RESOURCES} › lets a flood without tokens through to the authorizer when the web ACL has no rate rule`,
  },
  {
    threat: "A route that is dear to run gets as many requests as the others",
    layer: "Route throttle",
    setting: "aws_api_gateway_method_settings.method_path (a route's `throttle`)",
    test: `${RESOURCES} › throttles a route at its own limit instead of the stage's`,
    counterpart: `${RESOURCES} › takes the stage's 50 at once where the route has no limit of its own`,
  },
  {
    threat: "A caller without an API key uses a route that is for known clients",
    layer: "API key",
    setting: "aws_api_gateway_method.api_key_required (a route's `apiKeyRequired`)",
    test: `${RESOURCES} › refuses a signed-in user without an API key`,
    counterpart: `${RESOURCES} › asks for no key where the method does not require one`,
  },
  {
    threat: "One client uses up what all share",
    layer: "Usage plan",
    setting: "aws_api_gateway_usage_plan.throttle_settings (`API_CLIENT_RATE`, `API_CLIENT_BURST`)",
    test: `${RESOURCES} › throttles a client at its plan's 20 at once, and leaves the other client alone`,
    counterpart: `${RESOURCES} › takes more than 20 at once and more than 30 a day from a client whose plan has no limits`,
  },
  {
    threat: "A client calls all day long",
    layer: "Usage plan",
    setting: "aws_api_gateway_usage_plan.quota_settings (`API_CLIENT_DAILY_QUOTA`)",
    test: `${RESOURCES} › ends a client's day when its quota is used up, and starts the next one anew`,
    counterpart: `${RESOURCES} › takes more than 20 at once and more than 30 a day from a client whose plan has no limits`,
  },
  {
    threat: "A body is larger than any request of ours",
    layer: "Web ACL, rule LargeBody",
    setting: "aws_wafv2_web_acl.rule: size_constraint_statement",
    test: `${RESOURCES} › blocks a body one byte above 8,192`,
    counterpart: `${RESOURCES} › lets large bodies through to the function when the web ACL has no rule against them`,
  },
  {
    threat: "A body is larger than what the web ACL inspects",
    layer: "Web ACL, rule LargeBody",
    setting: "aws_wafv2_web_acl.rule: size_constraint_statement.field_to_match.body.oversize_handling",
    test: `${RESOURCES} › blocks a body above the 16,384 bytes that the web ACL inspects`,
    counterpart: `${RESOURCES} › lets a body through that is larger than what the web ACL inspects when the rule says so`,
  },
  {
    threat: "A body is larger than 10 MB",
    layer: "API Gateway, in front of the API",
    setting: "built in",
    test: `${RESOURCES} › refuses a body above 10 MB in front of the API, before anything reads it`,
  },
  {
    threat: "A deeply nested body exhausts a parser",
    layer: "Request validation, then the function",
    setting: "aws_api_gateway_method.request_validator_id",
    test: `${RESOURCES} › refuses deeply nested lists`,
    counterpart: `${RESOURCES} › leaves deep nesting to the function, which refuses it too, when the method validates nothing`,
  },
  {
    threat: "A compressed body unpacks to gigabytes",
    layer: "API Gateway",
    setting: "aws_api_gateway_rest_api.minimum_compression_size (unset)",
    test: `${RESOURCES} › does not unpack a compressed body, so there is no bomb to go off`,
    counterpart: `${RESOURCES} › is not served when the API is set to unpack bodies, which the local edge would not do`,
  },
  {
    threat: "Clients hold connections open with headers or bodies that never end",
    layer: "HTTP server",
    setting: "built in",
    test: `${RESOURCES} › cuts off clients that never finish their headers, and answers the others meanwhile`,
    counterpart: `${RESOURCES} › would wait for them for as long as they like without its time limits`,
  },
  {
    threat: "One function takes all of the account's concurrency",
    layer: "Stage throttle; Lambda's reserved concurrency for whoever sets it",
    setting: "aws_lambda_function.reserved_concurrent_executions (unset)",
    test: `${RESOURCES} › runs one request at a time and fails the others when a function's concurrency is reserved to one`,
    counterpart: `${RESOURCES} › runs requests side by side while a function's concurrency is its own affair`,
  },
];

const flows: readonly Row[] = [
  {
    threat: "Somebody confirms another one's address by guessing the code",
    layer: "Cognito user pool",
    setting: "built in",
    test: `${FLOWS} › a sign-up cannot be confirmed by guessing: five wrong codes end the right one too`,
  },
  {
    threat: "Somebody takes an account over by signing up again",
    layer: "Cognito user pool",
    setting: "built in",
    test: `${FLOWS} › a sign-up a second time changes neither the password nor the mailbox of the one who was first`,
  },
  {
    threat: "Somebody fills a mailbox with codes",
    layer: "Cognito user pool",
    setting: "built in",
    test: `${FLOWS} › a sign-up fills nobody's mailbox: the fifth code in an hour is the last`,
  },
  {
    threat: "Somebody makes accounts in bulk",
    layer: "Cognito user pool",
    setting: "aws_cognito_user_pool.admin_create_user_config (self sign-up is on, as in the original)",
    test: `${FLOWS} › nobody can sign up in bulk, or at all, when only administrators create users`,
    counterpart: `${FLOWS} › a sign-up is confirmed once: the code is used up`,
  },
  {
    threat: "A request is sent again and again",
    layer: "Stage throttle",
    setting: "aws_api_gateway_method_settings.throttling_burst_limit",
    test: `${FLOWS} › a request that is sent again is a message of its own, and only so many of them pass`,
    counterpart: `${RESOURCES} › lets a signed-in user's flood through when the stage has no throttle`,
  },
];

const forgery: readonly Row[] = [
  {
    threat: "A name is an address, an ARN or an expression that something behind the API resolves",
    layer: "The function",
    setting: "built in",
    test: `${FORGERY} › a name that is an address is text from end to end, and nothing connects to it`,
    counterpart: `${FORGERY} › something does connect when a function fetches what the name says`,
  },
  {
    threat: "A header names an address that a proxy or framework resolves",
    layer: "The function",
    setting: "built in",
    test: `${FORGERY} › headers that name an address lead nowhere`,
  },
  {
    threat: "A client uses the server as a proxy",
    layer: "HTTP server",
    setting: "built in",
    test: `${FORGERY} › a request target in absolute form is not fetched: no proxy is here`,
  },
  {
    threat: "A page of another site reaches the local AWS endpoint through a rebound name",
    layer: "HTTP server",
    setting: "built in",
    test: `${FORGERY} › the Host attacker.example reaches neither the API nor the AWS endpoint: a rebound name is no use`,
    counterpart: `${FORGERY} › the Host of this machine is let in with the same request`,
  },
  {
    threat: "A client chooses the topic",
    layer: "Request validation; the function takes the topic from the secret alone",
    setting: "built in",
    test: `${FORGERY} › a client names no topic: not in the body, the query string or a header`,
  },
  {
    threat: "Whoever changed the secret sends the names somewhere else",
    layer: "IAM role of the function",
    setting: "aws_iam_role_policy.policy: Publish",
    test: `${FORGERY} › a secret that names another topic does not make the function publish there`,
    counterpart: `${FORGERY} › a secret that names another topic makes the function publish there when its role may publish anywhere`,
  },
];

const configuration: readonly Row[] = [
  {
    threat: "A request is smuggled inside another one",
    layer: "HTTP server",
    setting: "built in",
    test: `${CONFIGURATION} › a request with a length and chunks (CL.TE) is refused, and nothing behind it is read`,
  },
  {
    threat: "Headers carry more than anything needs",
    layer: "API Gateway, in front of the API",
    setting: "built in",
    test: `${CONFIGURATION} › headers of 10,241 bytes are refused in front of the API`,
    counterpart: `${CONFIGURATION} › headers of 10,240 bytes are taken`,
  },
  {
    threat: "A header overrides the method and with it the authorizer",
    layer: "API Gateway, routing",
    setting: "built in",
    test: `${CONFIGURATION} › a method override leads a GET to POST's own authorizer, not past it`,
  },
  {
    threat: "A path in disguise leads past the authorizer",
    layer: "API Gateway, routing",
    setting: "built in",
    test: `${CONFIGURATION} › the path /development/%2e%2e/development/lambda1 leads past no authorizer`,
  },
  {
    threat: "A content type without a model escapes validation",
    layer: "Request validation",
    setting: "aws_api_gateway_method.request_models: $default",
    test: `${CONFIGURATION} › a body of the content type text/plain is held to the model like any other`,
    counterpart: `${CONFIGURATION} › lets a body of another content type reach the function when only JSON has a model`,
  },
  {
    threat: "A body in another or a broken encoding means something else to each parser",
    layer: "Request validation, then the function",
    setting: "aws_api_gateway_method.request_validator_id",
    test: `${CONFIGURATION} › a body with an overlong encoding is refused`,
    counterpart: `${CONFIGURATION} › leaves broken bodies and control characters to the function when the method has no validator`,
  },
  {
    threat: "A name forges lines of a log or commands of a terminal",
    layer: "Request validation, then the function",
    setting: "aws_api_gateway_model.schema: pattern",
    test: `${CONFIGURATION} › a log takes no name with a line break`,
    counterpart: `${CONFIGURATION} › leaves broken bodies and control characters to the function when the method has no validator`,
  },
  {
    threat: "A name or a path closes a field of a log's line",
    layer: "Structured logs",
    setting: "built in",
    test: `${CONFIGURATION} › a log keeps a name that looks like a log line inside one JSON string`,
  },
  {
    threat: "A token ends in a log",
    layer: "The function; API Gateway's log settings",
    setting: "aws_api_gateway_stage.access_log_settings, aws_api_gateway_method_settings.data_trace_enabled",
    test: `${CONFIGURATION} › no log holds a token, wherever a client puts it, and neither does the terminal`,
    counterpart: `${CONFIGURATION} › shows the token in the function's log when the function logs its event`,
  },
  {
    threat: "A browser stores, sniffs or frames an answer",
    layer: "Gateway responses; the function for its own",
    setting: "aws_api_gateway_gateway_response.response_parameters",
    test: `${CONFIGURATION} › an answer of the authorizer has the security headers and tells nothing of the software`,
    counterpart: `${CONFIGURATION} › sends API Gateway's own answers without security headers when DEFAULT_4XX sets none`,
  },
  {
    threat: "A page of another origin reads answers",
    layer: "CORS, off unless one origin is set",
    setting: "aws_api_gateway_gateway_response.response_parameters, CORS_ORIGINS of the function",
    test: `${CONFIGURATION} › a page of another origin gets the one origin's name or none`,
    counterpart: `${CONFIGURATION} › a page of another origin reads the answers when the JSON lets it`,
  },
  {
    threat: "A failure tells about the inside",
    layer: "API Gateway; the function",
    setting: "aws_api_gateway_integration.type: AWS_PROXY",
    test: `${CONFIGURATION} › a function's failure tells the client nothing but that it failed`,
    counterpart: `${CONFIGURATION} › a function's failure is told to the client when the code answers with it`,
  },
  {
    threat: "An unwanted address calls",
    layer: "Web ACL, rule SourceIp",
    setting:
      "aws_wafv2_web_acl.rule: action (`IP_RULE_ACTION`, `IP_SET_CIDRS`), aws_wafv2_web_acl_association",
    test: `${CONFIGURATION} › the IP rule blocks an address of the IP set when its action is block`,
    counterpart: `${CONFIGURATION} › the IP rule stops nobody when the web ACL is not associated with the stage`,
  },
  {
    threat: "A client pretends to come from a welcome address",
    layer: "Web ACL, rule SourceIp",
    setting: "aws_wafv2_web_acl.rule: ip_set_reference_statement",
    test: `${CONFIGURATION} › the IP rule lets nobody else in when its action is allow, whatever source a header claims`,
    counterpart: `${CONFIGURATION} › the IP rule believes the header when it is made to look at X-Forwarded-For`,
  },
];

const inventory: readonly Row[] = [
  {
    threat: "A route, method or stage is there that nobody knows of",
    layer: "REST API",
    setting: "aws_api_gateway_method, aws_api_gateway_stage",
    test: `${INVENTORY} › serves the table's routes in one stage, each with an authorizer, and nothing else`,
    counterpart: `${INVENTORY} › a forgotten route is open to anybody, and the inventory shows it`,
  },
  {
    threat: "A method is deployed without an authorizer",
    layer: "The tests",
    setting: "aws_api_gateway_method.authorization",
    test: `${INVENTORY} › every method that runs a function has an authorizer in the JSON as it is`,
    counterpart: `${INVENTORY} › a method without an authorizer is found`,
  },
  {
    threat: "Somebody looks for default and debugging endpoints",
    layer: "API Gateway, routing",
    setting: "aws_api_gateway_resource",
    test: `${INVENTORY} › the path /development/.env is no route, signed in or not`,
    counterpart: `${INVENTORY} › a forgotten route is open to anybody, and the inventory shows it`,
  },
  {
    threat: "API Gateway's test of a method, which asks no authorizer, is open",
    layer: "IAM",
    setting: "built in",
    test: `${INVENTORY} › a method's test is refused without AWS credentials`,
    counterpart: `${INVENTORY} › a method's test is done for an administrator of the account`,
  },
];

const consumption: readonly Row[] = [
  {
    threat: "A service that the functions need fails, and the answer tells about it or says 200",
    layer: "The function",
    setting: "built in",
    test: `${CONSUMPTION} › the error of sns:error becomes one of our own that tells nothing of the service`,
    counterpart: `${CONSUMPTION} › recovers by itself when the dependencies do`,
  },
  {
    threat: "A service that does not answer takes the functions' time",
    layer: "The function",
    setting: "built in",
    test: `${CONSUMPTION} › answers 503 when a service does not answer in time, instead of waiting with it`,
  },
  {
    threat: "A message is acknowledged and lost, or handled twice, while SNS or Lambda fail",
    layer: "SNS and Lambda's queue",
    setting: "built in",
    test: `${CONSUMPTION} › delivers each acknowledged message once, and no other, while Lambda throttles every second time`,
  },
  {
    threat: "A secret with the wrong content ends in an answer or a log",
    layer: "The function",
    setting: "built in",
    test: `${CONSUMPTION} › answers 502 for no JSON, and repeats nothing of it anywhere`,
  },
  {
    threat: "A message that InternalLambda cannot handle is lost",
    layer: "Lambda's on-failure destination",
    setting: "aws_lambda_function_event_invoke_config.destination_config",
    test: `${CONSUMPTION} › a message that InternalLambda cannot handle is tried three times and kept, while the others go their way`,
    counterpart: `${CONSUMPTION} › a message that InternalLambda cannot handle is lost when the function has no destination, whatever the subscription has`,
  },
  {
    threat: "A message that SNS cannot deliver is lost",
    layer: "SNS's dead-letter queue",
    setting: "aws_sns_topic_subscription.redrive_policy",
    test: `${CONSUMPTION} › a message that SNS cannot deliver is kept in the dead-letter queue, with the reason`,
    counterpart: `${CONSUMPTION} › a message that SNS cannot deliver is lost when the subscription has no dead-letter queue, whatever the function has`,
  },
];

/** Threats to what the edge lets in and to what lies behind it: resources, flows, addresses, configuration, dependencies. */
export const edgeThreats: readonly Threat[] = [
  ...of("API4:2023", resources),
  ...of("API6:2023", flows),
  ...of("API7:2023", forgery),
  ...of("API8:2023", configuration),
  ...of("API9:2023", inventory),
  ...of("API10:2023", consumption),
];

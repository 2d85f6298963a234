import { authorize } from "./authorizer";
import { integrate, readRun } from "./integration";
import { atMethod, atStage, type Layer } from "./layer";
import { findMethod } from "./router";
import { checkSizes, findStage } from "./stage";
import { countForQuota, requireApiKey, throttle } from "./usage";
import { validateBody, validateParameters } from "./validation";
import { filterByWebAcl } from "./web-acl";

/**
 * The way of every request: these layers in AWS's order, until one of them answers. The test of a method enters at the
 * parameters. To add a layer is to add a row.
 *
 * Order: Developer Guide, "Use AWS WAF to protect your REST APIs in API Gateway": "AWS WAF rules are evaluated before other
 * access control features, such as resource policies, IAM policies, Lambda authorizers, and Amazon Cognito authorizers". AWS
 * checks API key, usage plan, throttles and quota in one step: a request that the quota refuses gives back the tokens that the
 * throttle took.
 */
export const LAYERS = [
  {
    name: "size limits",
    inLog: "routing",
    checks: "10,240 bytes of request line and headers, 10 MB of body",
    answers: "431, 413",
    remedy:
      "Send at most 10,240 bytes of request line and headers, and at most 10 MB of body: no setting raises these limits.",
    run: checkSizes,
  },
  {
    name: "stage",
    inLog: "routing",
    checks: "the first part of the path",
    answers: "400, 403 `Forbidden`",
    remedy: "Start the path with the name of a stage.",
    run: findStage,
  },
  {
    name: "web ACL",
    checks: "the rules in order of priority: addresses, rates, sizes, managed groups",
    answers: "403 `Forbidden`, or the rule's own response",
    remedy: "Send a request that no blocking rule matches, or wait where a rule counts requests.",
    run: atStage(filterByWebAcl),
  },
  {
    name: "routing",
    checks: "a resource with the path and the method",
    answers: "403 `Missing Authentication Token`",
    remedy: "Send a method and a path that the API has.",
    run: atStage(findMethod),
  },
  {
    name: "authorizer",
    checks:
      "signature, issuer, expiry, kind, audience and scopes of the token; or the policy that a function returns",
    answers: "401 `Unauthorized`; where a function decides, also 403 and 500",
    remedy: "Send credentials that the method's authorizer takes.",
    run: atMethod(authorize),
  },
  {
    name: "API key",
    checks: "a key of a usage plan for the stage",
    answers: "403 `Forbidden`",
    remedy: "Send the key of a usage plan that has this stage, in the header x-api-key.",
    run: atMethod(requireApiKey),
  },
  {
    name: "throttle",
    checks: "the usage plan's, the method's and the account's rate",
    answers: "429 `Too Many Requests`",
    remedy: "Send it again a moment later.",
    run: atMethod(throttle),
  },
  {
    name: "quota",
    checks: "the client's requests a day, a week or a month",
    answers: "429 `Limit Exceeded`",
    remedy: "Use another key, or wait for the next period.",
    run: atMethod(countForQuota),
  },
  {
    name: "parameters",
    inLog: "validation",
    checks: "required headers, query and path parameters",
    answers: "400 `Missing required request parameters`",
    remedy: "Send the required headers, query and path parameters.",
    run: atMethod(validateParameters),
  },
  {
    name: "body",
    inLog: "validation",
    checks: "the model of the content type",
    answers: "400 `Invalid request body`",
    remedy: "Send a body that fits the model of its content type.",
    run: atMethod(validateBody),
  },
  {
    name: "integration",
    checks: "6 MB of event, the permission to invoke or to call, the timeout",
    answers: "413, 415, 500, 504, or what a mock, a service or an HTTP endpoint answers",
    remedy:
      "A client cannot mend that: look at the function or the endpoint, its policy, its concurrency and the integration's timeout.",
    run: atMethod(integrate),
  },
  {
    name: "function",
    checks: "the function's answer, which must be in the format of a proxy integration",
    answers: "502, or the function's answer",
    remedy: "A client cannot mend that: the function's log lines say why.",
    run: atMethod(readRun),
  },
] as const satisfies readonly Layer[];

export type LayerName = (typeof LAYERS)[number]["name"];

/** What the test of a method goes through: no web ACL, authorizer, API key and throttle. */
export const METHOD_LAYERS = LAYERS.slice(LAYERS.findIndex(({ name }) => name === "parameters"));

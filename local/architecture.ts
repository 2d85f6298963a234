import type { Deployment, Resource } from "./deployment/deployment";
import { unqualified } from "./kernel/arn";
import { isObject, parseJson } from "./kernel/json";

export type PartKind =
  | "client"
  | "web ACL"
  | "stage"
  | "method"
  | "user pool"
  | "function"
  | "secret"
  | "topic"
  | "queue"
  | "logs";

/** A part of the deployed system that a request, a message or a log line passes. */
export interface Part {
  /** Terraform's address; `client` and `logs` for what is outside the deployment's resources. */
  readonly id: string;
  readonly kind: PartKind;
  /** As people call it: `POST /lambda1`, `ExternalLambda1`. */
  readonly name: string;
}

/** Something goes from one part to another. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  /** What is sent, or what decides: `AGAuthorizer1`, `sns:Publish`. */
  readonly label?: string;
}

export interface Architecture {
  readonly parts: readonly Part[];
  readonly connections: readonly Connection[];
}

const CLIENT: Part = { id: "client", kind: "client", name: "client" };
const LOGS: Part = { id: "logs", kind: "logs", name: "CloudWatch Logs" };

const NAMED: readonly (readonly [type: string, kind: PartKind, key: string])[] = [
  ["aws_wafv2_web_acl", "web ACL", "name"],
  ["aws_cognito_user_pool", "user pool", "name"],
  ["aws_lambda_function", "function", "function_name"],
  ["aws_secretsmanager_secret", "secret", "name"],
  ["aws_sns_topic", "topic", "name"],
  ["aws_sqs_queue", "queue", "name"],
];

/** Draws the system from the deployment alone: whatever it holds, nothing that it does not. */
export function architectureOf(deployment: Deployment): Architecture {
  const arns = new Map(
    NAMED.flatMap(([type]) =>
      deployment.ofType(type).map((resource) => [resource.string("arn"), resource.address]),
    ),
  );
  const paths = new Map(
    deployment
      .ofType("aws_api_gateway_resource")
      .map((resource) => [resource.string("id"), resource.string("path")]),
  );
  const methods = deployment.ofType("aws_api_gateway_method");
  const parts: Part[] = [
    CLIENT,
    ...deployment.ofType("aws_api_gateway_stage").map((stage) => ({
      id: stage.address,
      kind: "stage" as const,
      name: `stage ${stage.string("stage_name")}`,
    })),
    ...methods.map((method) => ({
      id: method.address,
      kind: "method" as const,
      name: `${method.string("http_method")} ${paths.get(method.string("resource_id")) ?? "/"}`,
    })),
    ...NAMED.flatMap(([type, kind, key]) =>
      deployment.ofType(type).map((resource) => ({ id: resource.address, kind, name: resource.string(key) })),
    ),
    LOGS,
  ];
  const connections = [
    ...entrances(deployment, arns),
    ...methods.flatMap((method) => fromMethod(deployment, method, arns)),
    ...deployment.ofType("aws_lambda_function").flatMap((fn) => fromFunction(deployment, fn, arns)),
    ...fromTopics(deployment, arns),
    ...fromQueues(deployment, arns),
  ];
  const connected = new Set(connections.flatMap(({ from, to }) => [from, to]));
  return { parts: parts.filter(({ id }) => connected.has(id)), connections };
}

type Arns = ReadonlyMap<string, string>;

/** From the client to each stage, through the web ACL that is associated with it. */
function entrances(deployment: Deployment, arns: Arns): Connection[] {
  return deployment.ofType("aws_api_gateway_stage").flatMap((stage) => {
    const webAcls = deployment
      .ofType("aws_wafv2_web_acl_association")
      .filter((association) => association.string("resource_arn") === stage.string("arn"))
      .flatMap((association) => arns.get(association.string("web_acl_arn")) ?? []);
    const methods = deployment
      .ofType("aws_api_gateway_method")
      .filter((method) => method.string("rest_api_id") === stage.string("rest_api_id"))
      .map((method) => ({ from: stage.address, to: method.address }));
    const way = [CLIENT.id, ...webAcls, stage.address];
    return [...way.slice(1).map((to, index) => ({ from: way[index] ?? CLIENT.id, to })), ...methods];
  });
}

function fromMethod(deployment: Deployment, method: Resource, arns: Arns): Connection[] {
  const authorizer = deployment
    .ofType("aws_api_gateway_authorizer")
    .find((candidate) => candidate.string("id") === method.optionalString("authorizer_id"));
  const pools = (authorizer?.strings("provider_arns") ?? []).flatMap((arn) => arns.get(arn) ?? []);
  const integration = deployment
    .ofType("aws_api_gateway_integration")
    .find(
      (candidate) =>
        candidate.string("resource_id") === method.string("resource_id") &&
        candidate.string("http_method") === method.string("http_method"),
    );
  const deciding = [...pools, ...functionOf(authorizer?.optionalString("authorizer_uri"), arns)];
  return [
    ...deciding.map((to) => ({ from: method.address, to, label: authorizer?.string("name") ?? "" })),
    ...functionOf(integration?.optionalString("uri"), arns).map((to) => ({ from: method.address, to })),
  ];
}

/** The function of an invoke ARN, where it is one. */
function functionOf(uri: string | undefined, arns: Arns): string[] {
  const functionArn = /functions\/(arn:[^/]+)\/invocations$/.exec(uri ?? "")?.[1];
  return [arns.get(unqualified(functionArn ?? "")) ?? []].flat();
}

/** What a function's role lets it reach, its own dead letters, and its log. */
function fromFunction(deployment: Deployment, fn: Resource, arns: Arns): Connection[] {
  const role = deployment.find("aws_iam_role", "arn", fn.string("role"));
  const statements = deployment
    .ofType("aws_iam_role_policy")
    .filter((policy) => policy.string("role") === role?.string("name"))
    .flatMap((policy) => statementsOf(policy.string("policy")));
  const reached = statements.flatMap(({ actions, resources }) =>
    resources.flatMap((arn) => {
      const to = arns.get(arn);
      return to === undefined ? [] : [{ from: fn.address, to, label: actions.join(", ") }];
    }),
  );
  return [...reached, { from: fn.address, to: LOGS.id }];
}

function fromTopics(deployment: Deployment, arns: Arns): Connection[] {
  return deployment.ofType("aws_sns_topic_subscription").flatMap((subscription) => {
    const from = arns.get(subscription.string("topic_arn"));
    const redrive = parseJson(subscription.optionalString("redrive_policy") ?? "{}");
    const deadLetters = isObject(redrive) ? arns.get(String(redrive.deadLetterTargetArn)) : undefined;
    const to = arns.get(unqualified(subscription.string("endpoint")));
    return from === undefined
      ? []
      : [
          ...(to === undefined ? [] : [{ from, to }]),
          ...(deadLetters === undefined ? [] : [{ from, to: deadLetters, label: "undeliverable" }]),
        ];
  });
}

/** To the functions that their messages trigger. */
function fromQueues(deployment: Deployment, arns: Arns): Connection[] {
  return deployment.ofType("aws_lambda_event_source_mapping").flatMap((mapping) => {
    const from = arns.get(mapping.optionalString("event_source_arn") ?? "");
    const [, name = ""] = /(?:^|function:)([\w-]+)(?::[\w$-]+)?$/.exec(mapping.string("function_name")) ?? [];
    const to = deployment.find("aws_lambda_function", "function_name", name)?.address;
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
}

function statementsOf(policy: string): { readonly actions: string[]; readonly resources: string[] }[] {
  const document = parseJson(policy);
  const statements = isObject(document) ? [document.Statement].flat() : [];
  return statements.flatMap((statement) =>
    isObject(statement) && statement.Effect === "Allow"
      ? [
          {
            actions: [statement.Action].flat().map(String),
            resources: [statement.Resource].flat().map(String),
          },
        ]
      : [],
  );
}

const SHAPES: Readonly<Record<PartKind, readonly [open: string, close: string]>> = {
  client: ["([", "])"],
  "web ACL": ["{{", "}}"],
  stage: ["[", "]"],
  method: ["[", "]"],
  "user pool": ["[(", ")]"],
  function: ["[[", "]]"],
  secret: ["[(", ")]"],
  topic: [">", "]"],
  queue: ["[/", "/]"],
  logs: ["[(", ")]"],
};

/** The picture as a Mermaid flowchart, which GitHub draws in its reader's own colours. */
export function toMermaid({ parts, connections }: Architecture): string {
  const ids = new Map(parts.map(({ id }, index) => [id, `n${index}`]));
  const lines = parts.map(({ id, kind, name }) => {
    const [open, close] = SHAPES[kind];
    const text =
      kind === name || kind === "stage" || kind === "method" || kind === "logs"
        ? name
        : `${name}<br/><small>${kind}</small>`;
    return `  ${ids.get(id)}${open}"${text}"${close}`;
  });
  const arrows = connections.map(({ from, to, label }) => {
    const arrow = parts.find(({ id }) => id === to)?.kind === "user pool" ? "-.->" : "-->";
    return `  ${ids.get(from)} ${arrow}${label === undefined ? "" : `|${label}|`} ${ids.get(to)}`;
  });
  return ["flowchart LR", ...lines, ...arrows].join("\n");
}

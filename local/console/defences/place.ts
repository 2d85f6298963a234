import type { Deployment } from "../../deployment/deployment";
import { type Place as ArnPlace, formatArn, nameFromArn } from "../../kernel/arn";
import type { Attacker } from "./attacker";

export const QUEUE = "aws_sqs_queue";
export const TOPIC = "aws_sns_topic";
export const SECRET = "aws_secretsmanager_secret";

/** What the deployment's names and ids are made of, for somebody who took a function over. */
export interface Place extends ArnPlace {
  readonly endpoint: string;
  readonly poolId: string;
  readonly apiId: string;
  /** Of the attacker's target. */
  readonly resourceId: string;
  readonly method: string;
  /** The function at the door, which an attacker meets first; one that needs no topic; and another one. */
  readonly external: string;
  readonly internal: string;
  readonly other: string;
  readonly queueName: string;
  readonly topicName: string;
  readonly secretArn: string;
  /** Somebody's name in the pool. */
  readonly victim: string;
}

export function placeOf({ runtime, pool, target: { route } }: Attacker, victim = ""): Place {
  const { deployment } = runtime.inside;
  const { integration } = route.method;
  const arn = "functionArn" in integration ? integration.functionArn : "";
  const external = nameFromArn(arn);
  const others = functionsOf(deployment).filter((name) => name !== external);
  const internal = others.find((name) => !publishes(deployment, name)) ?? others[0] ?? external;
  const [queue] = deployment.ofType(QUEUE);
  const [topic] = deployment.ofType(TOPIC);
  const [secret] = deployment.ofType(SECRET);
  return {
    ...{ region: runtime.region, accountId: deployment.accountId, endpoint: runtime.awsEndpointUrl },
    ...{
      poolId: pool.id,
      apiId: route.api.id,
      resourceId: route.resourceId,
      method: route.method.httpMethod,
    },
    ...{ external, internal, other: others.find((name) => name !== internal) ?? internal, victim },
    ...{ queueName: queue?.string("name") ?? "", topicName: topic?.string("name") ?? "" },
    secretArn: secret?.string("arn") ?? "",
  };
}

const functionsOf = (deployment: Deployment) =>
  deployment.ofType("aws_lambda_function").map((fn) => fn.string("function_name"));

function publishes(deployment: Deployment, functionName: string): boolean {
  const fn = deployment.find("aws_lambda_function", "function_name", functionName);
  const role = deployment.find("aws_iam_role", "arn", fn?.string("role") ?? "")?.string("name");
  return deployment
    .ofType("aws_iam_role_policy")
    .some(({ values }) => values.role === role && String(values.policy).includes("sns:"));
}

export function topicArn(place: Place, name: string): string {
  return formatArn(place, "sns", name);
}

import { formatArn } from "../../kernel/arn";
import type { Attacker, Invoker } from "./attacker";
import { type Attack, addressesOf, type Defence, OWASP } from "./defence";
import { placeOf, topicArn } from "./place";

const PERMISSION = "aws_lambda_permission";

const SOURCE: Defence = {
  id: "permission-source",
  layer: "Lambda permission",
  setting: `${PERMISSION}.source_arn`,
  addresses: (deployment) => addressesOf(deployment, PERMISSION, ({ source_arn: arn }) => Boolean(arn)),
  takeOut(copy) {
    for (const permission of copy.ofType(PERMISSION)) permission.unset("source_arn");
  },
};

interface Invocation extends Invoker {
  readonly functionName: string;
}

/** The service asks Lambda for it as it does for the deployment's own: what the function makes of the event does not count. */
function invokedBy(id: string, threat: string, invokerOf: (attacker: Attacker) => Invocation): Attack {
  return {
    ...{ id, threat, owasp: OWASP.API5, defence: SOURCE },
    async run(attacker) {
      const { functionName, ...invoker } = invokerOf(attacker);
      const succeeded = await attacker.invokeAs(functionName, invoker);
      return {
        succeeded,
        summary: `Lambda ${succeeded ? "runs" : "does not run"} ${functionName} for ${invoker.sourceArn}.`,
      };
    },
  };
}

/** An API of somebody else, or a method that was slipped into this one, which calls the function without an authorizer. */
function openMethod(attacker: Attacker, title: string, api: string, method: string): Invocation {
  const { target, runtime } = attacker;
  const place = placeOf(attacker);
  const { path } = target.route;
  return {
    ...{ title, service: "apigateway.amazonaws.com", functionName: place.external },
    sourceArn: formatArn(place, "execute-api", `${api}/*/${method}${path}`),
    event: {
      ...{ resource: path, path, httpMethod: method, body: target.body, isBase64Encoded: false },
      headers: { "Content-Type": "application/json" },
      requestContext: { apiId: api, stage: runtime.inside.ports.edge.stageNames[0] },
    },
  };
}

/** The attacks on what may invoke the functions. */
export const invocationAttacks: readonly Attack[] = [
  invokedBy(
    "another-api",
    "Another API of the account invokes the function, without an authorizer",
    (attacker) =>
      openMethod(
        attacker,
        "another API with the same path",
        "another0api",
        attacker.target.route.method.httpMethod,
      ),
  ),
  invokedBy("slipped-method", "A method without authorizer is slipped into the API", (attacker) => {
    const { apiId, method } = placeOf(attacker);
    return openMethod(attacker, "a method beside the route's", apiId, method === "PUT" ? "PATCH" : "PUT");
  }),
  invokedBy("another-topic", "Another topic invokes InternalLambda", (attacker) => {
    const place = placeOf(attacker);
    const sourceArn = topicArn(place, "another-teams-topic");
    return {
      ...{ title: "another topic's message", service: "sns.amazonaws.com", sourceArn },
      functionName: place.internal,
      event: {
        Records: [{ EventSource: "aws:sns", Sns: { TopicArn: sourceArn, Message: "for the function" } }],
      },
    };
  }),
];

import type { MapData, MapEdge, MapNode } from "../../../../local/console/contract";

/** The map of a deployment like the project's own. */
export function sampleMap(): MapData {
  const node = (id: string, kind: MapNode["kind"], name: string, column: number): MapNode => ({
    id,
    kind,
    name,
    column,
    notEnforced: id === "acl" ? ["the managed rules are predicted"] : [],
    defencesOff: [],
  });
  const edge = (from: string, to: string, isSide = false): MapEdge => ({
    id: `${from}→${to}`,
    from,
    to,
    isSide,
    count: 0,
    refused: 0,
  });
  return {
    nodes: [
      node("client", "client", "client", 0),
      node("acl", "web ACL", "SecureLambdaWebACL", 1),
      node("stage", "stage", "stage development", 2),
      node("method1", "method", "POST /lambda1", 3),
      node("method2", "method", "POST /lambda2", 3),
      node("pool1", "user pool", "MyUserPool1", 4),
      node("pool2", "user pool", "MyUserPool2", 4),
      node("fn1", "function", "ExternalLambda1", 4),
      node("fn2", "function", "ExternalLambda2", 4),
      node("secret", "secret", "topic-address", 5),
      node("topic", "topic", "MyTopic", 5),
      node("internal", "function", "InternalLambda", 6),
      node("dlq", "queue", "DeadLetters", 6),
      node("logs", "logs", "CloudWatch Logs", 7),
    ],
    edges: [
      edge("client", "acl"),
      edge("acl", "stage"),
      edge("stage", "method1"),
      edge("stage", "method2"),
      edge("method1", "pool1", true),
      edge("method2", "pool2", true),
      edge("method1", "fn1"),
      edge("method2", "fn2"),
      edge("fn1", "secret", true),
      edge("fn2", "secret", true),
      edge("fn1", "topic"),
      edge("fn2", "topic"),
      edge("topic", "internal"),
      edge("topic", "dlq"),
      edge("fn1", "logs", true),
      edge("fn2", "logs", true),
      edge("internal", "logs", true),
    ],
  };
}

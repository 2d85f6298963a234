import type { RequestDetail, RequestSummary } from "../../../../local/console/contract";
import { LAYERS as EDGE_LAYERS } from "../../../../local/services/apigateway/edge/layers";

const LAYERS = EDGE_LAYERS.map(({ name }) => name);

export const sampleLayers = LAYERS.map((name) => ({ name, checks: `what ${name} checks`, answers: "403" }));

const CASES = [
  {
    path: "/development/lambda1",
    layer: "function",
    detail: "ExternalLambda1",
    status: 200,
    outcome: "answered",
  },
  {
    path: "/development/lambda1",
    layer: "authorizer",
    detail: "AGAuthorizer1: no token",
    status: 401,
    outcome: "refused",
  },
  {
    path: "/development/lambda2",
    layer: "body",
    detail: "NameModel: name is required",
    status: 400,
    outcome: "refused",
  },
  { path: "/development/lambda2", layer: "web ACL", detail: "LargeBody", status: 403, outcome: "refused" },
  { path: "/development/lambda1", layer: "integration", detail: "timeout", status: 504, outcome: "failed" },
] as const;

/** The nth request of an imagined afternoon: one of five kinds in turn. */
export function sampleRequest(index: number, at = 1_800_000_000_000 + index * 137): RequestSummary {
  const { path, layer, detail, status, outcome } = CASES[index % CASES.length] ?? CASES[0];
  const method = path.endsWith("1") ? "method1" : "method2";
  const whole = [
    "client",
    "acl",
    "stage",
    method,
    ...(method === "method1" ? ["pool1", "fn1"] : ["pool2", "fn2"]),
  ];
  const ends: Readonly<Record<string, string>> = { "web ACL": "acl", authorizer: "pool1", body: method };
  const end = ends[layer];
  return {
    id: `request-${index}`,
    at,
    method: "POST",
    path,
    ...(index % 7 === 0 ? { query: "page=2" } : {}),
    sourceIp: "127.0.0.1",
    userAgent: "curl/8.5.0",
    status,
    durationMs: 1 + (index % 40),
    decidedBy: { layer, detail },
    outcome,
    ...(outcome === "answered"
      ? {
          caller: {
            pool: "eu-west-1_pool1",
            poolName: "MyUserPool1",
            sub: "5a2c",
            username: "ada@example.com",
          },
        }
      : {}),
    way: end === undefined ? whole : whole.slice(0, whole.indexOf(end) + 1),
    defencesOff: [],
  };
}

export function sampleDetail(summary: RequestSummary): RequestDetail {
  const decided = LAYERS.map(String).indexOf(summary.decidedBy.layer);
  return {
    ...summary,
    ladder: LAYERS.map((layer, index) =>
      index > decided
        ? { reached: false, layer }
        : {
            reached: true,
            layer,
            verdict: index < decided ? "passed" : summary.outcome === "answered" ? "answered" : "refused",
            detail: index === decided ? summary.decidedBy.detail : "",
            durationMs: 0.2,
            facts: index === decided ? { claims: [{ name: "token", ok: false, detail: "no token" }] } : {},
          },
    ),
    runs: [],
    messages: [],
    onAws: [{ kind: "access log", where: "/aws/apigateway/access", lines: ['{"status": 401}'] }],
    curl: `curl -X POST http://127.0.0.1:3000${summary.path}`,
    ...(summary.outcome === "refused"
      ? {
          advice: {
            layer: "authorizer" as const,
            text: "Send an ID token of a user of MyUserPool1 in the header Authorization.",
            request: {
              stage: "development",
              method: "POST",
              path: "/lambda1",
              person: "user:pool1:ada@example.com",
            },
          },
        }
      : {}),
  };
}

import type { ComponentChildren } from "preact";
import type { Facts } from "../../../kernel/trace";
import type { RuleTrace } from "../../../kernel/web-acl-inspection";
import { Badge, type Tone } from "../components/badge";
import { bytes, count, duration } from "../kit/format";
import { hrefOf } from "../kit/router";

/** What a layer looked at. A layer has a few of these facts; the others are not shown. */
export function RungFacts({ facts }: { facts: Facts }) {
  const { rules, claims, buckets, quota, missing, model, violations, run } = facts;
  const rows: (readonly [string, ComponentChildren])[] = [
    ...(facts.resourcePath === undefined ? [] : [["resource", facts.resourcePath] as const]),
    ...(facts.apiKeyId === undefined ? [] : [["API key", facts.apiKeyId] as const]),
    ...(quota === undefined
      ? []
      : [
          ["quota", `${count(quota.used)} of ${count(quota.limit)} a ${quota.period.toLowerCase()}`] as const,
        ]),
    ...(missing === undefined ? [] : [["missing", missing.join(", ")] as const]),
    ...(model === undefined ? [] : [["model", model] as const]),
    ...(facts.eventBytes === undefined ? [] : [["event", bytes(facts.eventBytes)] as const]),
    ...(facts.timeoutMs === undefined ? [] : [["timeout", duration(facts.timeoutMs)] as const]),
    ...(facts.latencyMs === undefined ? [] : [["integration took", duration(facts.latencyMs)] as const]),
    ...(run === undefined
      ? []
      : [
          ["function", <a href={hrefOf("functions", [run.name])}>{run.name}</a>] as const,
          ["start", run.cold === true ? "a new instance" : "an instance that was there"] as const,
          ...(run.requestId === undefined ? [] : [["request id", <code>{run.requestId}</code>] as const]),
          ...(run.durationMs === undefined ? [] : [["ran for", duration(run.durationMs)] as const]),
        ]),
    ...(facts.prediction === undefined ? [] : [["prediction", facts.prediction] as const]),
  ];
  return (
    <>
      {rules !== undefined && <Rules rules={rules} />}
      {claims !== undefined && (
        <ul class="checks">
          {claims.map(({ name, ok, detail }) => (
            <li key={name}>
              <Badge tone={ok ? "good" : "bad"}>{name}</Badge> {detail}
            </li>
          ))}
        </ul>
      )}
      {violations !== undefined && violations.length > 0 && (
        <ul class="checks">
          {violations.map((violation) => (
            <li key={violation}>
              <Badge tone="bad">violation</Badge> {violation}
            </li>
          ))}
        </ul>
      )}
      {buckets?.map(({ name, rate, burst, before, after }) => (
        <div key={name} class="bucket">
          <span>{name}</span>
          <meter min={0} max={burst} value={after} aria-label={`${name}: tokens left`} />
          <span class="muted">
            {count(Math.floor(before))} → {count(Math.floor(after))} of {count(burst)}, {count(rate)} a second
          </span>
        </div>
      ))}
      {rows.length > 0 && (
        <dl class="facts">
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function Rules({ rules }: { rules: readonly RuleTrace[] }) {
  return (
    <ol class="rules">
      {rules.map((rule, index) => (
        <li key={`${index}${rule.rule}`}>
          <Badge tone={ruleTone(rule)}>
            {rule.outcome === "match" ? (rule.action ?? "match") : rule.outcome}
          </Badge>
          <span>
            {rule.rule}
            {rule.overriddenAction !== undefined && (
              <span class="muted"> instead of {rule.overriddenAction}</span>
            )}
            {rule.predicted !== undefined && <span class="muted"> · predicted ({rule.predicted})</span>}
            {rule.labels.length > 0 && <span class="muted"> · {rule.labels.join(", ")}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

function ruleTone({ outcome, action }: RuleTrace): Tone {
  if (outcome !== "match") return "quiet";
  return action === "BLOCK" ? "bad" : action === "COUNT" ? "warn" : "good";
}

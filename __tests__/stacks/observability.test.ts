import { readFileSync } from "node:fs";
import path from "node:path";
import { shippedRoutes as routes } from "../support/synthesis";
import { type Body, blocks, body, type StackJson, statements } from "./support/stack-json";
import { synthesizeApp } from "./support/synthesized-app";

const EVERYTHING = {
  ALARMS: "true",
  ALARM_EMAIL: "ops@example.com",
  WEB_ACL_LOG: "true",
  XRAY_TRACING: "true",
};
const asItIs = synthesizeApp();
const watched = synthesizeApp(EVERYTHING);

describe("the dashboard", () => {
  const { widgets } = JSON.parse(String(asItIs.edge.only("aws_cloudwatch_dashboard").dashboard_body));
  const graphs = blocks(widgets).map((widget) => body(widget.properties));
  const metrics = graphs.flatMap(({ metrics: lines }) => (Array.isArray(lines) ? lines : []));
  const metricsNamed = (name: string) => metrics.filter(([, found]) => found === name);

  it("shows the traffic as the web ACL sees it, and every rule by itself", () => {
    const rules = blocks(asItIs.edge.only("aws_wafv2_web_acl").rule).map(
      ({ visibility_config }) => body(visibility_config).metric_name,
    );
    const ruleOf = (metric: unknown[]) => metric[metric.indexOf("Rule") + 1];

    expect(metricsNamed("AllowedRequests").map(ruleOf)).toEqual(["ALL"]);
    for (const name of ["BlockedRequests", "CountedRequests"])
      expect(metricsNamed(name).map(ruleOf)).toEqual(["ALL", ...rules]);
    for (const metric of metricsNamed("BlockedRequests"))
      expect(metric).toEqual(expect.arrayContaining(["WebACL", "SecureLambdaWebACL", "Region", "us-east-1"]));
  });

  it("shows latency percentiles, errors by kind, and 429 from the access log", () => {
    const statistics = metricsNamed("Latency").map((metric) => metric.at(-1).stat);

    expect(statistics).toEqual(["p50", "p90", "p99"]);
    for (const name of ["Count", "4XXError", "5XXError"]) expect(metricsNamed(name)).toHaveLength(1);
    expect(graphs.map(({ query }) => query).filter(Boolean)).toEqual([
      expect.stringMatching(/^SOURCE '\$\{aws_cloudwatch_log_group\.access-log\.name\}' .* by status/),
    ]);
  });

  it("shows errors, throttles and duration of every function, and the dead letters", () => {
    for (const name of ["Errors", "Throttles", "Duration"])
      expect(metricsNamed(name).map((metric) => metric[3])).toEqual([
        "ExternalLambda1",
        "ExternalLambda2",
        "InternalLambda",
      ]);
    expect(metricsNamed("ApproximateNumberOfMessagesVisible")[0]).toEqual(
      expect.arrayContaining(["QueueName", "InternalLambdaDLQ"]),
    );
  });

  it("references no more metrics than are free", () => {
    const different = new Set(metrics.map((metric) => JSON.stringify(metric.slice(0, -1))));

    expect(different.size).toBeGreaterThan(20);
    expect(different.size).toBeLessThanOrEqual(50);
  });

  it("lays its graphs out side by side, none over another", () => {
    const places = blocks(widgets).map(({ x, y }) => `${x},${y}`);

    expect(new Set(places).size).toBe(places.length);
  });

  it("has a name of its own in every environment and region, because dashboards belong to the account", () => {
    const nameOf = (env: Record<string, string>) =>
      synthesizeApp(env).edge.only("aws_cloudwatch_dashboard").dashboard_name;

    expect([nameOf({}), nameOf({ ENVIRONMENT: "staging", AWS_REGION: "eu-west-1" })]).toEqual([
      "SecureLambda-us-east-1",
      "SecureLambda-staging-eu-west-1",
    ]);
  });

  it("is not there when it is switched off", () => {
    expect(synthesizeApp({ DASHBOARD: "false" }).edge.resources("aws_cloudwatch_dashboard")).toEqual({});
  });
});

describe("the saved queries", () => {
  const queries = asItIs.edge.resources("aws_cloudwatch_query_definition");
  const accessLogFields = Object.keys(
    JSON.parse(String(body(asItIs.edge.only("aws_api_gateway_stage").access_log_settings).format)),
  );

  it("ask the access log for nothing that is not in its lines", () => {
    const asked = Object.values(queries).filter(({ log_group_names }) =>
      /access-log/.test(String(log_group_names)),
    );

    expect(asked).toHaveLength(4);
    for (const { query_string } of asked)
      for (const [, fields = ""] of String(query_string).matchAll(
        /(?:^|\| )(?:fields|filter|stats \S+ as \w+(?:, \S+ as \w+)* by) ([\w@, ]+)/g,
      ))
        for (const field of fields.split(/, /).map((one) => one.trim().split(" ")[0] ?? ""))
          if (!field.startsWith("@")) expect(accessLogFields).toContain(field);
  });

  it("cover every function's log, and the web ACL's where it writes one", () => {
    expect(queries["function-errors"]?.log_group_names).toEqual([
      "${aws_cloudwatch_log_group.ExternalLambda1.name}",
      "${aws_cloudwatch_log_group.ExternalLambda2.name}",
    ]);
    expect(queries).not.toHaveProperty("blocked-by-rule");
    expect(
      watched.edge.resources("aws_cloudwatch_query_definition")["blocked-by-rule"]?.log_group_names,
    ).toEqual(["${aws_cloudwatch_log_group.web-acl-log.name}"]);
  });
});

describe("the alarms", () => {
  const alarmsOf = (stack: StackJson) => stack.resources("aws_cloudwatch_metric_alarm");
  const all: Record<string, Body> = { ...alarmsOf(watched.messaging), ...alarmsOf(watched.edge) };

  it("are none in development unless they are asked for", () => {
    for (const stack of [asItIs.messaging, asItIs.edge]) expect(alarmsOf(stack)).toEqual({});
    expect(asItIs.messaging.resources("aws_sns_topic")).not.toHaveProperty("alarms");
  });

  it("cover what docs/security.md says should be watched", () => {
    const document = readFileSync(path.resolve(__dirname, "../../docs/security.md"), "utf8");
    const section = /\*\*Alarms\.\*\*([\s\S]*?)\n- \*\*/.exec(document)?.[1] ?? "";
    const metrics = Object.values(all).map(({ metric_name }) => String(metric_name));

    expect(section).toContain("`ALARMS`");
    for (const [, metric = ""] of section.matchAll(/`([A-Z]\w+[a-z]\w+)`/g))
      expect(metrics).toContain(metric);
    expect(new Set(metrics)).toEqual(
      new Set([
        "4XXError",
        "5XXError",
        "ApproximateNumberOfMessagesVisible",
        "BlockedRequests",
        "DestinationDeliveryFailures",
        "Errors",
        "NumberOfNotificationsFailed",
        "ThrottledRequests",
        "Throttles",
      ]),
    );
  });

  it("go to one topic, say what happened, and stay quiet where nothing is called", () => {
    expect(Object.keys(all)).toHaveLength(13);
    for (const alarm of Object.values(all)) {
      expect(alarm.treat_missing_data).toBe("notBreaching");
      expect(alarm.alarm_description).toMatch(/\w+ \w+/);
      expect(alarm.alarm_name).toMatch(/^SecureLambda-/);
      expect(alarm.alarm_actions).toEqual([expect.stringMatching(/sns_topic[.-]alarms/)]);
    }
  });

  it("watch a function that is added", () => {
    const [first] = routes;
    if (first === undefined) throw new Error("the table of routes is empty");

    const more = synthesizeApp(EVERYTHING, [
      ...routes,
      { ...first, path: "/lambda3", functionName: "ExternalLambda3" },
    ]);

    expect(Object.keys(alarmsOf(more.edge))).toEqual(
      expect.arrayContaining(["ExternalLambda3-errors", "ExternalLambda3-throttles"]),
    );
  });

  it("count 429 in the access log, under the status that a line has", () => {
    const filter = watched.edge.only("aws_cloudwatch_log_metric_filter");

    expect(filter).toMatchObject({
      log_group_name: "${aws_cloudwatch_log_group.access-log.name}",
      pattern: '{ $.status = "429" }',
    });
    const { namespace, name } = body(filter.metric_transformation);
    expect(all["throttled-requests"]).toMatchObject({ namespace, metric_name: name });
  });

  it("are sent to the address, by a topic that nobody but this account's alarms may publish to", () => {
    expect(watched.messaging.resources("aws_sns_topic_subscription").alarms).toMatchObject({
      protocol: "email",
      endpoint: "ops@example.com",
    });
    expect(statements(watched.messaging.resources("aws_sns_topic_policy").alarms?.policy)).toMatchObject([
      {
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Condition: {
          ArnLike: {
            "aws:SourceArn":
              "arn:aws:cloudwatch:us-east-1:${data.aws_caller_identity.current.account_id}:alarm:*",
          },
          StringEquals: { "aws:SourceAccount": "${data.aws_caller_identity.current.account_id}" },
        },
      },
      { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ]);
    const quiet = synthesizeApp({ ALARMS: "true" }).messaging;
    expect(Object.keys(quiet.resources("aws_sns_topic_subscription"))).toEqual(["InternalLambda-topic"]);
  });
});

describe("tracing", () => {
  const functions = ({ messaging, edge }: typeof watched) => [
    ...Object.values(messaging.resources("aws_lambda_function")),
    ...Object.values(edge.resources("aws_lambda_function")),
  ];

  it("follows a request from the stage through every function, where it is on", () => {
    expect(watched.edge.only("aws_api_gateway_stage").xray_tracing_enabled).toBe(true);
    expect(functions(watched).map(({ tracing_config }) => tracing_config)).toEqual(
      Array(3).fill({ mode: "Active" }),
    );
    expect(asItIs.edge.only("aws_api_gateway_stage")).not.toHaveProperty("xray_tracing_enabled");
    for (const fn of functions(asItIs)) expect(fn).not.toHaveProperty("tracing_config");
  });
});

import { shippedRoutes as routes } from "../../support/synthesis";
import { body, type StackJson, type Statement, statements } from "../support/stack-json";
import { synthesizeApp } from "../support/synthesized-app";

const { messaging, edge } = synthesizeApp({ CUSTOMER_KEYS: "true", WEB_ACL_LOG: "true" });
const ACCOUNT = "${data.aws_caller_identity.current.account_id}";
const USE = ["kms:Decrypt", "kms:GenerateDataKey*"];

const statementsOf = (stack: StackJson) => statements(stack.only("aws_kms_key").policy);
const bySid = (stack: StackJson, sid: string) => statementsOf(stack).find(({ Sid }) => Sid === sid);

describe("without a key of its own", () => {
  it("a stack has none, and AWS's keys encrypt what it keeps", () => {
    for (const stack of Object.values(synthesizeApp()).filter(isStack)) {
      expect(stack.text).not.toContain("aws_kms");
      for (const group of Object.values(stack.resources("aws_cloudwatch_log_group")))
        expect(group).not.toHaveProperty("kms_key_id");
    }
  });
});

describe.each([
  ["shared-messaging", messaging],
  ["secure-edge", edge],
])("the key of %s", (name, stack) => {
  it("is one, rotated, with an alias of the stack's name", () => {
    expect(stack.only("aws_kms_key")).toMatchObject({
      enable_key_rotation: true,
      deletion_window_in_days: 7,
    });
    expect(stack.only("aws_kms_alias")).toMatchObject({
      name: `alias/${name}`,
      target_key_id: "${aws_kms_key.data.key_id}",
    });
  });

  it("encrypts every log group of the stack, and serves CloudWatch Logs for those alone", () => {
    const groups = Object.values(stack.resources("aws_cloudwatch_log_group"));

    for (const group of groups) expect(group.kms_key_id).toBe("${aws_kms_key.data.arn}");
    const statement = bySid(stack, "OwnLogGroups");
    expect(statement?.Principal).toEqual({ Service: "logs.us-east-1.amazonaws.com" });
    const served = body(body(statement?.Condition).ArnEquals)["kms:EncryptionContext:aws:logs:arn"];
    expect(new Set(Array.isArray(served) ? served : [])).toEqual(
      new Set(groups.map((group) => `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${group.name}`)),
    );
  });

  it("is kept in order by the account's administrators, who can neither decrypt with it nor grant that", () => {
    const administration = bySid(stack, "Administration");

    expect(administration?.Principal).toEqual({ AWS: `arn:aws:iam::${ACCOUNT}:root` });
    expect(administration?.Action).toContain("kms:PutKeyPolicy");
    expect(String(administration?.Action)).not.toMatch(/Decrypt|Encrypt|GenerateDataKey|CreateGrant|\*/);
  });

  it("is used by nobody without a condition", () => {
    const usable = statementsOf(stack).filter(({ Action }) =>
      /crypt|GenerateDataKey|\*/.test(String(Action)),
    );

    expect(usable.length).toBeGreaterThan(0);
    for (const statement of usable) expect(Object.keys(conditions(statement)).length).toBeGreaterThan(0);
  });
});

describe("the messaging's key", () => {
  it("encrypts topic, queue and secret", () => {
    expect(messaging.only("aws_sns_topic").kms_master_key_id).toBe("${aws_kms_key.data.arn}");
    expect(messaging.only("aws_sqs_queue").kms_master_key_id).toBe("${aws_kms_key.data.arn}");
    expect(messaging.only("aws_sqs_queue")).not.toHaveProperty("sqs_managed_sse_enabled");
    expect(messaging.only("aws_secretsmanager_secret").kms_key_id).toBe("${aws_kms_key.data.arn}");
  });

  it("serves the account's own callers, and only by way of the three services", () => {
    expect(bySid(messaging, "OwnAccountByWayOfServices")).toEqual({
      Sid: "OwnAccountByWayOfServices",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: USE,
      Resource: "*",
      Condition: {
        StringEquals: {
          "kms:CallerAccount": ACCOUNT,
          "kms:ViaService": ["sns", "sqs", "secretsmanager"].map(
            (service) => `${service}.us-east-1.amazonaws.com`,
          ),
        },
      },
    });
  });

  it("lets SNS fill the encrypted queue, for its own topic", () => {
    expect(bySid(messaging, "Topic")).toEqual({
      Sid: "Topic",
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: USE,
      Resource: "*",
      Condition: {
        ArnLike: { "aws:SourceArn": `arn:aws:sns:us-east-1:${ACCOUNT}:LambdaSNSTopic` },
        StringEquals: { "aws:SourceAccount": ACCOUNT },
      },
    });
  });
});

describe("the key of a deployment with alarms", () => {
  it("lets CloudWatch reach the encrypted topic, for the account's own alarms", () => {
    const alarmed = synthesizeApp({ CUSTOMER_KEYS: "true", ALARMS: "true" }).messaging;

    expect(alarmed.resources("aws_sns_topic").alarms?.kms_master_key_id).toBe("${aws_kms_key.data.arn}");
    expect(bySid(alarmed, "Alarms")).toMatchObject({
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: USE,
      Condition: {
        ArnLike: { "aws:SourceArn": `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:*` },
        StringEquals: { "aws:SourceAccount": ACCOUNT },
      },
    });
  });
});

describe("the edge's key", () => {
  it("serves nothing but logs", () => {
    expect(statementsOf(edge).map(({ Sid }) => Sid)).toEqual(["Administration", "OwnLogGroups"]);
  });

  it("serves the log group of a function that is added", () => {
    const [first] = routes;
    if (first === undefined) throw new Error("the table of routes is empty");

    const more = synthesizeApp({ CUSTOMER_KEYS: "true" }, [
      ...routes,
      { ...first, path: "/lambda3", functionName: "ExternalLambda3" },
    ]);

    expect(JSON.stringify(bySid(more.edge, "OwnLogGroups"))).toContain(
      ":log-group:/aws/lambda/ExternalLambda3",
    );
  });
});

it("a key can be restored as long as the secret that it encrypts", () => {
  const production = {
    ENVIRONMENT: "production",
    CALLBACK_URLS: "https://app.example.com",
    CUSTOMER_KEYS: "true",
  };

  for (const stack of Object.values(synthesizeApp(production)).filter(isStack))
    expect(stack.only("aws_kms_key").deletion_window_in_days).toBe(30);
});

it("a key's policy has the names of its partition", () => {
  const china = synthesizeApp({ AWS_REGION: "cn-north-1", CUSTOMER_KEYS: "true" });

  expect(bySid(china.edge, "OwnLogGroups")?.Principal).toEqual({
    Service: "logs.cn-north-1.amazonaws.com.cn",
  });
  expect(JSON.stringify(statementsOf(china.messaging))).toContain('"sqs.cn-north-1.amazonaws.com.cn"');
});

function isStack(value: unknown): value is StackJson {
  return typeof value === "object" && value !== null && "counts" in value;
}

function conditions({ Condition }: Statement): Record<string, unknown> {
  return { ...body(Condition) };
}

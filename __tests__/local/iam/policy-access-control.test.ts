import type { Value } from "../../../local/deployment/attributes";
import { IssuedCredentials } from "../../../local/iam/issued-credentials";
import type { Principal } from "../../../local/kernel/principal";
import { accessControlOf } from "../../../local/load";
import {
  account,
  allow,
  deny,
  deploymentOf,
  functionArn,
  policy,
  roleArn,
  topicArn,
  trust,
} from "./deployment-of";

type Resources = Record<string, Record<string, Value>>;

const credentials = new IssuedCredentials({ region: "us-east-1", accountId: account });
const role = credentials.principalOf(
  credentials.issue(roleArn, "F").accessKeyId,
  credentials.issue(roleArn, "F").sessionToken,
);
const administrator = credentials.principalOf("AKID");
const session = `arn:aws:sts::${account}:assumed-role/R/F`;
const secretArn = `arn:aws:secretsmanager:us-east-1:${account}:secret:S-abcdef`;
const queueArn = `arn:aws:sqs:us-east-1:${account}:Q`;

function serviceFor(sourceArn: string, service = "apigateway.amazonaws.com"): Principal {
  return { kind: "service", service, sourceArn, sourceAccount: account };
}

async function decide(
  resources: Resources,
  action: string,
  resource: string,
  principal: Principal = role,
  roleAttributes: Record<string, Value> = {},
): Promise<string> {
  const accessControl = await accessControlOf(deploymentOf(resources, roleAttributes));
  return accessControl.authorize({ principal, action, resource }).then(
    () => "allowed",
    (error) => `${error.status} ${error.code}: ${error.message}`,
  );
}

const inline = (...statements: Record<string, Value>[]): Resources => ({
  "aws_iam_role_policy.P": { role: "R", policy: policy(...statements) },
});
const snsRefusal = `403 AuthorizationError: User: ${session} is not authorized to perform: SNS:Publish on resource: ${topicArn} because no identity-based policy allows the SNS:Publish action`;

describe("what a role may do by itself", () => {
  test("an inline policy allows its action on its resource, and nothing else", async () => {
    const resources = inline(allow("sns:Publish", topicArn));

    expect(await decide(resources, "sns:Publish", topicArn)).toBe("allowed");
    expect(await decide(resources, "sns:Publish", `${topicArn}2`)).toContain(
      "because no identity-based policy",
    );
    expect(await decide(resources, "sns:Subscribe", topicArn)).toContain("SNS:Subscribe");
  });

  test("without a policy it may do nothing, and is told so in AWS's words", async () => {
    expect(await decide({}, "sns:Publish", topicArn)).toBe(snsRefusal);
    expect(await decide({}, "secretsmanager:GetSecretValue", secretArn)).toBe(
      `400 AccessDeniedException: User: ${session} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secretArn} because no identity-based policy allows the secretsmanager:GetSecretValue action`,
    );
    expect(await decide({}, "lambda:InvokeFunction", functionArn)).toMatch(/^403 AccessDeniedException: /);
    expect(await decide({}, "secretsmanager:ListSecrets", "*")).toBe(
      `400 AccessDeniedException: User: ${session} is not authorized to perform: secretsmanager:ListSecrets because no identity-based policy allows the secretsmanager:ListSecrets action`,
    );
  });

  test("another role's policy is no help", async () => {
    const resources = { "aws_iam_role_policy.P": { role: "Other", policy: policy(allow("sns:*", "*")) } };

    expect(await decide(resources, "sns:Publish", topicArn)).toBe(snsRefusal);
  });

  test("a role that is not in the deployment may do nothing", async () => {
    const store = new IssuedCredentials({ region: "us-east-1", accountId: account });
    const issued = store.issue(`arn:aws:iam::${account}:role/Gone`, "F");
    const stranger = store.principalOf(issued.accessKeyId, issued.sessionToken);

    expect(await decide(inline(allow("sns:*", "*")), "sns:Publish", topicArn, stranger)).toContain(
      "assumed-role/Gone/F is not authorized",
    );
  });

  test.each<[string, Resources, Record<string, Value>]>([
    [
      "attached customer managed policy",
      {
        "aws_iam_policy.M": {
          arn: "arn:aws:iam::123456789012:policy/M",
          policy: policy(allow("sns:Publish", topicArn)),
        },
        "aws_iam_role_policy_attachment.A": { role: "R", policy_arn: "arn:aws:iam::123456789012:policy/M" },
      },
      {},
    ],
    [
      "inline_policy block",
      {},
      { inline_policy: [{ name: "p", policy: policy(allow("sns:Publish", topicArn)) }] },
    ],
    [
      "managed_policy_arns",
      {
        "aws_iam_policy.M": {
          arn: "arn:aws:iam::123456789012:policy/M",
          policy: policy(allow("sns:Publish", topicArn)),
        },
      },
      { managed_policy_arns: ["arn:aws:iam::123456789012:policy/M"] },
    ],
  ])("an allow counts in an %s", async (_name, resources, attributes) => {
    expect(await decide(resources, "sns:Publish", topicArn, role, attributes)).toBe("allowed");
  });

  test("an explicit deny wins", async () => {
    const resources = inline(allow("sns:*", "*"), deny("sns:Publish", topicArn));

    expect(await decide(resources, "sns:Publish", topicArn)).toBe(
      `403 AuthorizationError: User: ${session} is not authorized to perform: SNS:Publish on resource: ${topicArn} with an explicit deny in an identity-based policy`,
    );
  });

  test("a permissions boundary limits the role, also one whose text is not known", async () => {
    const boundary = "arn:aws:iam::123456789012:policy/B";
    const resources = {
      ...inline(allow("*", "*")),
      "aws_iam_policy.B": { arn: boundary, policy: policy(allow("logs:*", "*"), deny("sqs:*", "*")) },
    };
    const limited = { permissions_boundary: boundary };

    expect(await decide(resources, "sns:Publish", topicArn, role, limited)).toBe(
      `403 AuthorizationError: User: ${session} is not authorized to perform: SNS:Publish on resource: ${topicArn} because no permissions boundary allows the SNS:Publish action`,
    );
    expect(await decide(resources, "sqs:SendMessage", queueArn, role, limited)).toContain(
      "with an explicit deny in a permissions boundary",
    );
    expect(await decide(resources, "logs:DescribeLogGroups", "*", role, limited)).toBe("allowed");
    expect(
      await decide(inline(allow("*", "*")), "sns:Publish", topicArn, role, {
        permissions_boundary: "arn:aws:iam::aws:policy/X",
      }),
    ).toContain("because no permissions boundary");
  });

  describe("AWS managed policies", () => {
    const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    const unknown = "arn:aws:iam::aws:policy/AWSLambdaFullAccess";
    const used = { "aws_lambda_function.F": { arn: functionArn, role: roleArn } };
    const attachments: Resources[] = [
      { "aws_iam_role_policy_attachment.A": { role: "R", policy_arn: basic } },
      { "aws_iam_policy_attachment.A": { name: "A", roles: ["R"], policy_arn: basic } },
    ];

    test.each(attachments)("an attached one allows what AWS's document says: %j", async (attached) => {
      const resources = { ...used, ...attached };

      expect(await decide(resources, "logs:PutLogEvents", "*")).toBe("allowed");
      expect(await decide(resources, "sns:Publish", topicArn)).toContain("no identity-based policy");
      expect((await accessControlOf(deploymentOf(resources))).warnings).toEqual([]);
    });

    test("one at the role counts too, and as a boundary it limits the role", async () => {
      expect(await decide(used, "logs:PutLogEvents", "*", role, { managed_policy_arns: [basic] })).toBe(
        "allowed",
      );
      const limited = { permissions_boundary: basic };
      const everything = { ...used, ...inline(allow("*", "*")) };
      expect(await decide(everything, "logs:PutLogEvents", "*", role, limited)).toBe("allowed");
      expect(await decide(everything, "sns:Publish", topicArn, role, limited)).toContain(
        "no permissions boundary",
      );
    });

    test.each<[string, Resources, Record<string, Value>]>([
      [
        "aws_iam_role_policy_attachment.A",
        { "aws_iam_role_policy_attachment.A": { role: "R", policy_arn: unknown } },
        {},
      ],
      ["aws_iam_role.R", {}, { managed_policy_arns: [unknown] }],
      ["aws_iam_role.R.permissions_boundary", {}, { permissions_boundary: unknown }],
    ])("one that is not known stops the start, with the remedy: %s", async (usedBy, resources, ofRole) => {
      await expect(decide({ ...used, ...resources }, "logs:PutLogEvents", "*", role, ofRole)).rejects.toThrow(
        `${usedBy}: ${unknown} is not among the AWS managed policies that the local runtime knows, which are those of 2026-08-26; write its document into an aws_iam_policy, and attach that`,
      );
    });

    test("a role that no function has may have any", async () => {
      const attached = { "aws_iam_role_policy_attachment.A": { role: "R", policy_arn: unknown } };

      expect((await accessControlOf(deploymentOf(attached))).warnings).toEqual([]);
    });
  });

  test("a policy of the account that is not in the deployment is named, and allows nothing", async () => {
    const arn = `arn:aws:iam::${account}:policy/Elsewhere`;
    const resources = {
      "aws_iam_role_policy_attachment.A": { role: "R", policy_arn: arn },
      "aws_lambda_function.F": { arn: functionArn, role: roleArn },
    };

    expect(await decide(resources, "logs:PutLogEvents", "*")).not.toBe("allowed");
    expect((await accessControlOf(deploymentOf(resources))).warnings).toEqual([
      `aws_iam_role_policy_attachment.A: ${arn} is not part of the deployment; it allows and denies nothing here`,
    ]);
  });

  test("conditions see the caller and the region; a key without a value is named in a warning", async () => {
    const resources = inline(
      allow("sns:Publish", topicArn, {
        Condition: {
          ArnLike: { "aws:PrincipalArn": roleArn },
          StringEquals: { "aws:RequestedRegion": "us-east-1", "aws:ResourceAccount": account },
          Bool: { "aws:SecureTransport": "true" },
        },
      }),
      allow("sns:Subscribe", topicArn, { Condition: { IpAddress: { "aws:SourceIp": "127.0.0.1/32" } } }),
    );

    const { warnings } = await accessControlOf(deploymentOf(resources));

    expect(await decide(resources, "sns:Publish", topicArn)).toBe("allowed");
    expect(await decide(resources, "sns:Subscribe", topicArn)).not.toBe("allowed");
    expect(warnings).toEqual([
      "aws_iam_role_policy.P.policy: the condition key aws:SourceIp has no value here and is evaluated as missing",
    ]);
  });

  test("an action without resource types needs a policy for all resources", async () => {
    expect(
      await decide(inline(allow("secretsmanager:ListSecrets", "*")), "secretsmanager:ListSecrets", "*"),
    ).toBe("allowed");
    expect(
      await decide(inline(allow("secretsmanager:ListSecrets", secretArn)), "secretsmanager:ListSecrets", "*"),
    ).not.toBe("allowed");
    expect(
      await decide(
        inline(allow("logs:DescribeLogGroups", "*")),
        "logs:DescribeLogGroups",
        "arn:aws:logs:us-east-1:123456789012:log-group:*",
      ),
    ).toBe("allowed");
  });
});

describe("policies on resources", () => {
  const permission = (more: Record<string, Value> = {}): Resources => ({
    "aws_lambda_function.F": { function_name: "F", arn: functionArn, role: roleArn },
    "aws_lambda_permission.Api": {
      action: "lambda:InvokeFunction",
      function_name: "F",
      principal: "apigateway.amazonaws.com",
      source_arn: `arn:aws:execute-api:us-east-1:${account}:abc/*/POST/lambda1`,
      ...more,
    },
  });
  const method = serviceFor(`arn:aws:execute-api:us-east-1:${account}:abc/development/POST/lambda1`);
  const invoke = (resources: Resources, principal: Principal, arn = functionArn) =>
    decide(resources, "lambda:InvokeFunction", arn, principal);

  test("a Lambda permission lets its service invoke for its source, and nobody else", async () => {
    expect(await invoke(permission(), method)).toBe("allowed");
    expect(
      await invoke(permission(), {
        ...method,
        sourceArn: `arn:aws:execute-api:us-east-1:${account}:abc/development/POST/lambda2`,
      } as Principal),
    ).toBe(
      `403 AccessDeniedException: User: apigateway.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn} because no resource-based policy allows the lambda:InvokeFunction action`,
    );
    expect(await invoke(permission(), serviceFor(topicArn, "sns.amazonaws.com"))).not.toBe("allowed");
    expect(await invoke(permission(), role)).not.toBe("allowed");
  });

  test("without a permission no service may invoke", async () => {
    const { "aws_lambda_permission.Api": _, ...resources } = permission();

    expect(await invoke(resources, method)).toContain("because no resource-based policy allows");
  });

  test.each([functionArn, `${account}:function:F`])(
    "a permission may name its function as %s",
    async (name) => {
      expect(await invoke(permission({ function_name: name }), method)).toBe("allowed");
    },
  );

  test("source_account binds the caller to the account", async () => {
    expect(await invoke(permission({ source_account: account }), method)).toBe("allowed");
    expect(await invoke(permission({ source_account: "999999999999" }), method)).not.toBe("allowed");
  });

  test.each([`${functionArn}:live`, `${account}:function:F:live`, "function:F:live", "F:live"])(
    "an alias at the end of the function's name binds the permission to it: %s",
    async (name) => {
      const resources = permission({ function_name: name });

      expect(await invoke(resources, method, `${functionArn}:live`)).toBe("allowed");
      expect(await invoke(resources, method)).not.toBe("allowed");
      await expect(invoke(permission({ function_name: name, qualifier: "other" }), method)).rejects.toThrow(
        "The derived qualifier from the function name does not match the specified qualifier.",
      );
    },
  );

  test("a qualifier binds the permission to that ARN", async () => {
    const resources = permission({ qualifier: "live" });

    expect(await invoke(resources, method, `${functionArn}:live`)).toBe("allowed");
    expect(await invoke(resources, method)).not.toBe("allowed");
  });

  test.each([account, `arn:aws:iam::${account}:role/R`, "*"])(
    "the permission's principal may be %s",
    async (principal) => {
      const expected = principal === account ? /no identity-based policy/ : /^allowed$/;

      expect(await invoke(permission({ principal, source_arn: null }), role)).toMatch(expected);
    },
  );

  test("several permissions of a function count together", async () => {
    const resources = {
      ...permission(),
      "aws_lambda_permission.Topic": {
        action: "lambda:InvokeFunction",
        function_name: "F",
        principal: "sns.amazonaws.com",
        source_arn: topicArn,
      },
    };

    expect(await invoke(resources, method)).toBe("allowed");
    expect(await invoke(resources, serviceFor(topicArn, "sns.amazonaws.com"))).toBe("allowed");
    expect(await invoke(resources, serviceFor(`${topicArn}2`, "sns.amazonaws.com"))).not.toBe("allowed");
  });

  test("a permission for a function that is not there, or for nobody, stops the start", async () => {
    await expect(accessControlOf(deploymentOf(permission({ function_name: "G" })))).rejects.toThrow(
      'aws_lambda_permission.Api: function_name must name a function of the deployment, received "G"',
    );
    await expect(accessControlOf(deploymentOf(permission({ principal: "nobody" })))).rejects.toThrow(
      'aws_lambda_permission.Api: principal must be a service, an account or an ARN, received "nobody"',
    );
  });

  const toRole = (action: string, arn: string) => policy(allow(action, arn, { Principal: { AWS: roleArn } }));
  test.each<[string, string, string, Resources]>([
    [
      "a topic's policy",
      "sns:Publish",
      topicArn,
      { "aws_sns_topic.T": { arn: topicArn, policy: toRole("sns:Publish", topicArn) } },
    ],
    [
      "a topic policy",
      "sns:Publish",
      topicArn,
      {
        "aws_sns_topic.T": {
          arn: topicArn,
          policy: policy(deny("sns:Publish", topicArn, { Principal: "*" })),
        },
        "aws_sns_topic_policy.P": { arn: topicArn, policy: toRole("sns:Publish", topicArn) },
      },
    ],
    [
      "a queue's policy",
      "sqs:SendMessage",
      queueArn,
      { "aws_sqs_queue.Q": { arn: queueArn, policy: toRole("sqs:SendMessage", queueArn) } },
    ],
    [
      "a queue policy",
      "sqs:SendMessage",
      queueArn,
      {
        "aws_sqs_queue.Q": { arn: queueArn, url: "https://sqs/Q" },
        "aws_sqs_queue_policy.P": { queue_url: "https://sqs/Q", policy: toRole("sqs:SendMessage", queueArn) },
      },
    ],
    [
      "a secret's policy",
      "secretsmanager:GetSecretValue",
      secretArn,
      {
        "aws_secretsmanager_secret.S": {
          arn: secretArn,
          policy: toRole("secretsmanager:GetSecretValue", secretArn),
        },
      },
    ],
    [
      "a secret policy",
      "secretsmanager:GetSecretValue",
      secretArn,
      {
        "aws_secretsmanager_secret_policy.P": {
          secret_arn: secretArn,
          policy: toRole("secretsmanager:GetSecretValue", secretArn),
        },
      },
    ],
  ])("%s may allow a role", async (_name, action, arn, resources) => {
    expect(await decide(resources, action, arn)).toBe("allowed");
  });

  test("a queue policy for a queue that is not there stops the start", async () => {
    const resources = {
      "aws_sqs_queue_policy.P": { queue_url: "https://sqs/Q", policy: toRole("sqs:*", queueArn) },
    };

    await expect(accessControlOf(deploymentOf(resources))).rejects.toThrow(
      "aws_sqs_queue_policy.P: queue_url must be the URL of a queue of the deployment",
    );
  });

  test("the policy that SNS gives a topic lets no role publish", async () => {
    const standard = allow("SNS:Publish", topicArn, {
      Principal: { AWS: "*" },
      Condition: { StringEquals: { "AWS:SourceOwner": account } },
    });
    const deployment = deploymentOf({ "aws_sns_topic.T": { arn: topicArn, policy: policy(standard) } });

    const accessControl = await accessControlOf(deployment);

    expect(
      await accessControl.isAllowed({ principal: role, action: "sns:Publish", resource: topicArn }),
    ).toBe(false);
    expect(accessControl.warnings).toEqual([]);
  });

  test("the administrator may do everything that no resource denies", async () => {
    const denied = {
      "aws_sns_topic.T": { arn: topicArn, policy: policy(deny("sns:Publish", topicArn, { Principal: "*" })) },
    };

    expect(await decide({}, "sns:Publish", topicArn, administrator)).toBe("allowed");
    expect(await decide(denied, "sns:Subscribe", topicArn, administrator)).toBe("allowed");
    expect(await decide(denied, "sns:Publish", topicArn, administrator)).toContain(
      "user/local-administrator is not authorized to perform: SNS:Publish on resource: " +
        `${topicArn} with an explicit deny in a resource-based policy`,
    );
  });

  test("nobody is refused, unless the resource is for everybody", async () => {
    const anybody = {
      "aws_sns_topic.T": {
        arn: topicArn,
        policy: policy(allow("sns:Publish", topicArn, { Principal: "*" })),
      },
    };

    expect(await decide({}, "sns:Publish", topicArn, { kind: "anonymous" })).toContain(
      "User: anonymous is not",
    );
    expect(await decide(anybody, "sns:Publish", topicArn, { kind: "anonymous" })).toBe("allowed");
  });
});

describe("policies that AWS would refuse", () => {
  const lambda = { "aws_lambda_function.F": { function_name: "F", arn: functionArn, role: roleArn } };

  test("a function whose role Lambda may not assume stops the start", async () => {
    const other = { assume_role_policy: policy(trust("ec2.amazonaws.com")) };

    await expect(accessControlOf(deploymentOf(lambda, other))).rejects.toThrow(
      `aws_lambda_function.F: Lambda cannot assume its role ${roleArn}; the role's assume_role_policy must allow sts:AssumeRole to lambda.amazonaws.com`,
    );
    await expect(accessControlOf(deploymentOf(lambda))).resolves.toBeDefined();
  });

  test("a function whose role is not in the deployment stops the start", async () => {
    const stray = { "aws_lambda_function.F": { function_name: "F", arn: functionArn, role: `${roleArn}2` } };

    await expect(accessControlOf(deploymentOf(stray))).rejects.toThrow(
      "aws_lambda_function.F: role must be the ARN of a role of the deployment",
    );
  });

  test.each([
    ["{", 'aws_iam_role_policy.P.policy: a policy must be JSON, received "{"'],
    [
      '{"Version":"2012-10-17","Statement":[{"Effect":"Alow","Action":"*","Resource":"*"}]}',
      "malformed policy document at Statement[0].Effect: ",
    ],
    ['{"Version":"2012-10-17"}', "aws_iam_role_policy.P.policy: "],
    ["[]", "aws_iam_role_policy.P.policy: "],
    ["1", "aws_iam_role_policy.P.policy: "],
  ])("the policy %s stops the start", async (text, message) => {
    const resources = { "aws_iam_role_policy.P": { role: "R", policy: text } };

    await expect(accessControlOf(deploymentOf(resources))).rejects.toThrow(message);
  });
});

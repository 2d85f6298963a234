import { type Body, blocks, body, type StackJson, statements } from "./support/stack-json";
import { synthesizeApp } from "./support/synthesized-app";

const { messaging, edge } = synthesizeApp();

const everywhere = (type: string): Body[] =>
  [messaging, edge].flatMap((stack: StackJson) => Object.values(stack.resources(type)));

describe("IAM", () => {
  const ownLog = (name: string) => ({
    Sid: "OwnLog",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `\${aws_cloudwatch_log_group.${name}.arn}:*`,
  });
  const remote = "data.terraform_remote_state.cross-stack-reference-input-shared-messaging.outputs";

  it.each(["ExternalLambda1", "ExternalLambda2"])(
    "lets %s write its log, publish to the topic, read the secret: no more",
    (name) => {
      const policy = statements(edge.resources("aws_iam_role_policy")[name]?.policy);

      expect(policy).toEqual([
        ownLog(name),
        {
          Sid: "Publish",
          Effect: "Allow",
          Action: "sns:Publish",
          Resource: `\${${remote}.cross-stack-output-aws_sns_topic-LambdaSNSTopic-arn}`,
        },
        {
          Sid: "ReadSecret",
          Effect: "Allow",
          Action: "secretsmanager:GetSecretValue",
          Resource: `\${${remote}.cross-stack-output-aws_secretsmanager_secret-LambdaSNSTopicARN-arn}`,
        },
      ]);
    },
  );

  it("lets InternalLambda write its log and hand over what it failed on: no more", () => {
    const policy = statements(messaging.only("aws_iam_role_policy").policy);

    expect(policy).toEqual([
      ownLog("InternalLambda"),
      {
        Sid: "OwnDeadLetters",
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: `\${aws_sqs_queue.InternalLambdaDLQ.arn}`,
      },
    ]);
  });

  it("has one role a function, which only Lambda takes on", () => {
    const roles = { ...messaging.resources("aws_iam_role"), ...edge.resources("aws_iam_role") };

    const services = Object.entries(roles).map(([name, role]) => [name, statements(role.assume_role_policy)]);

    const trust = (service: string) => [
      { Sid: "Service", Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" },
    ];
    expect(Object.fromEntries(services)).toEqual({
      ExternalLambda1: trust("lambda.amazonaws.com"),
      ExternalLambda2: trust("lambda.amazonaws.com"),
      InternalLambda: trust("lambda.amazonaws.com"),
    });
  });

  it("lets the API invoke no function before its stage is behind the web ACL", () => {
    const permissions = Object.values(edge.resources("aws_lambda_permission"));

    expect(permissions).toHaveLength(2);
    for (const permission of permissions)
      expect(permission.depends_on).toEqual(["aws_wafv2_web_acl_association.stage"]);
  });

  it("lets nobody invoke a function but for one source", () => {
    const permissions = everywhere("aws_lambda_permission");

    expect(permissions).toHaveLength(3);
    for (const permission of permissions)
      expect(permission.source_arn).toEqual(expect.stringMatching(/^\$\{aws_\w+\.[\w-]+\.\w+\}/));
    expect(edge.resources("aws_lambda_permission")["POST-lambda1"]?.source_arn).toBe(
      "${aws_api_gateway_rest_api.api.execution_arn}/*/POST/lambda1",
    );
  });

  it("never allows a function to make a log group, which would outlive the stack", () => {
    expect(messaging.text + edge.text).not.toContain("logs:CreateLogGroup");
  });
});

describe("the REST API", () => {
  it("has an authorizer on every method", () => {
    const methods = Object.values(edge.resources("aws_api_gateway_method"));

    expect(methods).toHaveLength(2);
    for (const method of methods) {
      expect(method.authorization).toBe("COGNITO_USER_POOLS");
      expect(method.authorizer_id).toEqual(
        expect.stringMatching(/^\$\{aws_api_gateway_authorizer\.AGAuthorizer[12]\.id\}$/),
      );
    }
  });

  it("gives each path the authorizer of its own user pool, and lets in that pool's one client", () => {
    const method = edge.resources("aws_api_gateway_method");
    const authorizer = edge.resources("aws_api_gateway_authorizer");

    for (const n of ["1", "2"]) {
      expect(method[`POST-lambda${n}`]?.authorizer_id).toBe(
        `\${aws_api_gateway_authorizer.AGAuthorizer${n}.id}`,
      );
      expect(authorizer[`AGAuthorizer${n}`]).toMatchObject({
        type: "COGNITO_USER_POOLS",
        identity_source: "method.request.header.Authorization",
        provider_arns: [`\${aws_cognito_user_pool.MyUserPool${n}.arn}`],
        identity_validation_expression: `^\${aws_cognito_user_pool_client.MyUserPool${n}.id}$`,
      });
    }
  });

  it("validates body and parameters of every method, whatever the content type", () => {
    const model = "${aws_api_gateway_model.Name.name}";

    for (const method of Object.values(edge.resources("aws_api_gateway_method"))) {
      expect(method.request_validator_id).toBe("${aws_api_gateway_request_validator.api.id}");
      expect(method.request_models).toEqual({ "application/json": model, $default: model });
    }
    expect(edge.only("aws_api_gateway_request_validator")).toMatchObject({
      validate_request_body: true,
      validate_request_parameters: true,
    });
  });

  it("integrates by proxy, so that a function's status is the client's, and gives up after the function does", () => {
    const timeouts = Object.values(edge.resources("aws_lambda_function")).map(
      ({ timeout }) => Number(timeout) * 1000,
    );

    for (const integration of Object.values(edge.resources("aws_api_gateway_integration"))) {
      expect(integration).toMatchObject({
        type: "AWS_PROXY",
        integration_http_method: "POST",
        timeout_milliseconds: 29_000,
      });
      expect(Number(integration.timeout_milliseconds)).toBeGreaterThan(Math.max(...timeouts));
    }
  });

  it("throttles every method, and logs neither tokens nor bodies", () => {
    expect(edge.only("aws_api_gateway_method_settings")).toMatchObject({
      method_path: "*/*",
      settings: {
        throttling_rate_limit: 50,
        throttling_burst_limit: 50,
        data_trace_enabled: false,
        logging_level: "ERROR",
      },
    });
    expect(body(edge.only("aws_api_gateway_stage").access_log_settings).format).not.toMatch(
      /header|token|body/i,
    );
  });

  it("sends security headers with the answers that it makes itself", () => {
    const responses = edge.resources("aws_api_gateway_gateway_response");

    expect(Object.keys(responses)).toEqual(["DEFAULT_4XX", "DEFAULT_5XX"]);
    for (const response of Object.values(responses)) {
      expect(response.response_parameters).toEqual({
        "gatewayresponse.header.Cache-Control": "'no-store'",
        "gatewayresponse.header.Referrer-Policy": "'no-referrer'",
        "gatewayresponse.header.Strict-Transport-Security": "'max-age=63072000; includeSubDomains'",
        "gatewayresponse.header.X-Content-Type-Options": "'nosniff'",
        "gatewayresponse.header.X-Frame-Options": "'DENY'",
      });
    }
  });

  it("is regional, and its stage is behind the web ACL", () => {
    expect(blocks(edge.only("aws_api_gateway_rest_api").endpoint_configuration)).toEqual([
      { types: ["REGIONAL"], ip_address_type: "ipv4" },
    ]);
    expect(edge.only("aws_wafv2_web_acl_association")).toMatchObject({
      resource_arn: "${aws_api_gateway_stage.stage.arn}",
      web_acl_arn: "${aws_wafv2_web_acl.edge.arn}",
    });
  });
});

describe("user pools", () => {
  it.each(everywhere("aws_cognito_user_pool").map((pool) => [String(pool.name), pool] as const))(
    "%s takes strong passwords and verified e-mail addresses, and offers a second factor",
    (_name, pool) => {
      expect(pool).toMatchObject({
        username_attributes: ["email"],
        auto_verified_attributes: ["email"],
        mfa_configuration: "OPTIONAL",
        software_token_mfa_configuration: { enabled: true },
        password_policy: {
          minimum_length: 12,
          require_lowercase: true,
          require_uppercase: true,
          require_numbers: true,
          require_symbols: true,
        },
        account_recovery_setting: { recovery_mechanism: [{ name: "verified_email", priority: 1 }] },
      });
    },
  );

  it("have clients without a secret that do not tell who has an account", () => {
    const clients = everywhere("aws_cognito_user_pool_client");

    expect(clients).toHaveLength(2);
    for (const client of clients) {
      expect(client).toMatchObject({
        generate_secret: false,
        prevent_user_existence_errors: "ENABLED",
        enable_token_revocation: true,
        allowed_oauth_flows: ["code"],
        explicit_auth_flows: [
          "ALLOW_ADMIN_USER_PASSWORD_AUTH",
          "ALLOW_REFRESH_TOKEN_AUTH",
          "ALLOW_USER_SRP_AUTH",
          "ALLOW_USER_PASSWORD_AUTH",
        ],
        id_token_validity: 60,
      });
    }
  });

  it("have login pages whose addresses no other account can have taken", () => {
    for (const domain of everywhere("aws_cognito_user_pool_domain")) {
      expect(domain.domain).toMatch(/^myuserpool[12]-\$\{data\.aws_caller_identity\.current\.account_id\}$/);
    }
  });
});

describe("messaging", () => {
  it("encrypts topic and queue, and takes nothing without TLS", () => {
    expect(messaging.only("aws_sns_topic").kms_master_key_id).toBe("alias/aws/sns");
    expect(messaging.only("aws_sqs_queue").sqs_managed_sse_enabled).toBe(true);
    for (const policy of [...everywhere("aws_sns_topic_policy"), ...everywhere("aws_sqs_queue_policy")]) {
      expect(statements(policy.policy)).toContainEqual(
        expect.objectContaining({
          Effect: "Deny",
          Principal: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      );
    }
  });

  it("lets only the topic, as a service, fill the queue", () => {
    const allowed = statements(messaging.only("aws_sqs_queue_policy").policy).filter(
      ({ Effect }) => Effect === "Allow",
    );

    expect(allowed).toEqual([
      {
        Sid: "Topic",
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: "${aws_sqs_queue.InternalLambdaDLQ.arn}",
        Condition: { ArnEquals: { "aws:SourceArn": "${aws_sns_topic.LambdaSNSTopic.arn}" } },
      },
    ]);
  });

  it("loses no message: undeliverable ones and ones the function failed on end in the queue", () => {
    const queue = "${aws_sqs_queue.InternalLambdaDLQ.arn}";

    expect(messaging.only("aws_sns_topic_subscription").redrive_policy).toBe(
      JSON.stringify({ deadLetterTargetArn: queue }),
    );
    expect(messaging.only("aws_lambda_function_event_invoke_config")).toMatchObject({
      maximum_retry_attempts: 2,
      destination_config: { on_failure: { destination: queue } },
    });
  });

  it("does not make the topic a destination of the external functions, which would publish twice", () => {
    expect(edge.resources("aws_lambda_function_event_invoke_config")).toEqual({});
  });

  it("gives the functions the topic's ARN through the secret alone", () => {
    expect(messaging.only("aws_secretsmanager_secret_version").secret_string).toBe(
      JSON.stringify({ TOPIC_ARN: "${aws_sns_topic.LambdaSNSTopic.arn}" }),
    );
    for (const fn of Object.values(edge.resources("aws_lambda_function"))) {
      expect(Object.keys(body(body(fn.environment).variables))).toEqual([
        "CORS_ORIGINS",
        "NODE_OPTIONS",
        "TOPIC_MAX_AGE_SECONDS",
        "TOPIC_SECRET_ARN",
      ]);
    }
  });
});

describe("logs", () => {
  it("expire, each of them, and are there before whatever writes to them", () => {
    const groups = everywhere("aws_cloudwatch_log_group");

    expect(groups.map(({ name }) => name)).toEqual(
      [
        "/aws/lambda/InternalLambda",
        "/aws/lambda/ExternalLambda1",
        "/aws/lambda/ExternalLambda2",
        "/aws/apigateway/${aws_api_gateway_rest_api.api.name}/access",
        "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.api.id}/development",
      ].sort(
        (a, b) => groups.findIndex(({ name }) => name === a) - groups.findIndex(({ name }) => name === b),
      ),
    );
    for (const group of groups) expect(group.retention_in_days).toBe(14);
    expect(edge.only("aws_api_gateway_stage").depends_on).toContain("aws_cloudwatch_log_group.execution-log");
  });
});

describe("functions", () => {
  it("run on the same runtime, each from an archive of its own bundle", () => {
    const functions = {
      ...messaging.resources("aws_lambda_function"),
      ...edge.resources("aws_lambda_function"),
    };

    expect(Object.keys(functions).sort()).toEqual(["ExternalLambda1", "ExternalLambda2", "InternalLambda"]);
    for (const [name, fn] of Object.entries(functions)) {
      expect(fn).toMatchObject({
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        handler: "index.handler",
        filename: `\${data.archive_file.${name}.output_path}`,
        source_code_hash: `\${data.archive_file.${name}.output_base64sha256}`,
        depends_on: [`aws_iam_role_policy.${name}`],
      });
    }
  });
});

import { HandlerError } from "../../../../stacks/common/errors";
import { SettingsError } from "../../../../stacks/common/settings";
import { routes } from "../../../../stacks/secure-edge/routes";
import { inventory } from "../../../support/inventory";
import { RATES_ON } from "../../../support/rates-provider";
import { body, statements } from "../../support/stack-json";
import { synthesizeApp } from "../../support/synthesized-app";

const off = synthesizeApp();
const { edge } = synthesizeApp(RATES_ON);

describe("GET /rates/{currency}", () => {
  it("is not there without a provider, and nothing of it either", () => {
    expect(off.edge.text).not.toMatch(/rates/i);
  });

  it("is there with a provider, and adds what it needs and nothing besides", () => {
    const known = new Set(inventory["secure-edge"]);

    expect(edge.addresses.filter((address) => !known.has(address))).toEqual([
      "aws_api_gateway_api_key.partner",
      "aws_api_gateway_authorizer.RatesAuthorizer",
      "aws_api_gateway_integration.GET-rates-currency",
      "aws_api_gateway_method.GET-rates-currency",
      "aws_api_gateway_method_response.GET-rates-currency-200",
      "aws_api_gateway_method_response.GET-rates-currency-404",
      "aws_api_gateway_method_response.GET-rates-currency-503",
      "aws_api_gateway_method_settings.GET-rates-currency",
      "aws_api_gateway_model.Rate",
      "aws_api_gateway_resource.rates",
      "aws_api_gateway_resource.rates-currency",
      "aws_api_gateway_usage_plan.partner",
      "aws_api_gateway_usage_plan_key.partner",
      "aws_cloudwatch_log_group.RatesLambda",
      "aws_iam_role.RatesLambda",
      "aws_iam_role_policy.RatesLambda",
      "aws_lambda_function.RatesLambda",
      "aws_lambda_permission.GET-rates-currency",
      "aws_secretsmanager_secret.RatesProviderKey",
      "data.archive_file.RatesLambda",
    ]);
    expect(inventory["secure-edge"].filter((address) => !edge.addresses.includes(address))).toEqual([]);
  });

  it("may read its own secret and write its own log, and does not publish", () => {
    const policy = statements(edge.resources("aws_iam_role_policy").RatesLambda?.policy);

    expect(policy).toEqual([
      expect.objectContaining({ Sid: "OwnLog" }),
      {
        Sid: "ReadProviderKey",
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: "${aws_secretsmanager_secret.RatesProviderKey.arn}",
      },
    ]);
  });

  it("has its key in a secret without a value: in no JSON, in no variable", () => {
    expect(edge.resources("aws_secretsmanager_secret_version")).toEqual({});
    const { variables } = body(edge.resources("aws_lambda_function").RatesLambda?.environment);
    expect(Object.keys(body(variables)).sort()).toEqual([
      "CORS_ORIGINS",
      "NODE_OPTIONS",
      "PROVIDER_KEY_SECRET_ARN",
      "PROVIDER_URL",
    ]);
  });

  it("lets users of both pools in by one authorizer, their two clients alone, with an API key and a limit of its own", () => {
    const [one, two] = ["MyUserPool1", "MyUserPool2"];

    expect(edge.resources("aws_api_gateway_authorizer").RatesAuthorizer).toMatchObject({
      provider_arns: [`\${aws_cognito_user_pool.${one}.arn}`, `\${aws_cognito_user_pool.${two}.arn}`],
      identity_validation_expression: `^(\${aws_cognito_user_pool_client.${one}.id}|\${aws_cognito_user_pool_client.${two}.id})$`,
    });
    expect(edge.resources("aws_api_gateway_method")["GET-rates-currency"]).toMatchObject({
      api_key_required: true,
      authorizer_id: "${aws_api_gateway_authorizer.RatesAuthorizer.id}",
      request_parameters: { "method.request.path.currency": true },
    });
    expect(edge.resources("aws_api_gateway_method")["GET-rates-currency"]).not.toHaveProperty(
      "request_models",
    );
    expect(edge.resources("aws_api_gateway_method_settings")["GET-rates-currency"]).toMatchObject({
      method_path: "~1rates~1{currency}/GET",
      settings: { throttling_rate_limit: 5, throttling_burst_limit: 20 },
    });
  });

  it("gives the clients' keys in an output that Terraform does not show", () => {
    expect(edge.outputs.api_keys).toMatchObject({
      sensitive: true,
      value: { partner: "${aws_api_gateway_api_key.partner.value}" },
    });
    expect(off.edge.outputs).not.toHaveProperty("api_keys");
  });

  it("can be restored in production, where its name is no longer free at once, with the stack's own key", () => {
    const production = synthesizeApp({
      ...RATES_ON,
      ENVIRONMENT: "production",
      CALLBACK_URLS: "https://app.example.com/callback",
      CUSTOMER_KEYS: "true",
    }).edge;

    expect(production.only("aws_secretsmanager_secret")).toMatchObject({
      name_prefix: "RatesProviderKey-production-",
      recovery_window_in_days: 30,
      kms_key_id: "${aws_kms_key.data.arn}",
    });
    expect(String(production.only("aws_kms_key").policy)).toContain("secretsmanager.us-east-1.amazonaws.com");
  });

  it("needs a client with a key, and a provider", () => {
    expect(() => synthesizeApp({ RATES_PROVIDER_URL: RATES_ON.RATES_PROVIDER_URL })).toThrow(SettingsError);
    const always = routes.map(({ when: _, ...route }) => route);
    expect(() => synthesizeApp({ API_CLIENTS: "partner" }, always)).toThrow(HandlerError);
  });
});

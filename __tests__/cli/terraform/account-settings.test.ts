import { APIGatewayClient, GetAccountCommand, UpdateAccountCommand } from "@aws-sdk/client-api-gateway";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { readAccountSettings } from "../../../cli/terraform/account-settings";

const gateway = mockClient(APIGatewayClient);
const lambda = mockClient(LambdaClient);

const read = (env = {}) => readAccountSettings({ region: "eu-central-1" }, env, new AbortController().signal);

beforeEach(() => {
  gateway.reset();
  lambda.reset();
  gateway.on(GetAccountCommand).resolves({});
  lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit: { ConcurrentExecutions: 10 } });
});
afterAll(() => {
  gateway.restore();
  lambda.restore();
});

describe("what the account answers before a deployment", () => {
  it("deploys a role for API Gateway's logs where there is none, and says so in one line", async () => {
    const { settings, notes } = await read();

    expect(settings).toEqual({ MANAGE_API_GATEWAY_ACCOUNT: "true", LAMBDA_CONCURRENCY: "10" });
    expect(notes).toEqual([expect.stringMatching(/^API Gateway has no role .* in eu-central-1: .*$/)]);
  });

  it("leaves a role that is there alone, and only ever reads", async () => {
    gateway.on(GetAccountCommand).resolves({ cloudwatchRoleArn: "arn:aws:iam::123456789012:role/company" });

    expect(await read()).toEqual({ settings: { LAMBDA_CONCURRENCY: "10" }, notes: [] });
    expect(gateway.commandCalls(UpdateAccountCommand)).toHaveLength(0);
    expect(gateway.calls()).toHaveLength(1);
  });

  it("is not asked for what the caller has set", async () => {
    const answered = await read({ MANAGE_API_GATEWAY_ACCOUNT: "false", LAMBDA_CONCURRENCY: "50" });

    expect(answered).toEqual({ settings: {}, notes: [] });
    expect([gateway.calls(), lambda.calls()]).toEqual([[], []]);
  });

  it("may be refused: a warning names the permission, and the deployment goes on", async () => {
    const refusal = Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
    gateway.on(GetAccountCommand).rejects(refusal);
    lambda.on(GetAccountSettingsCommand).rejects(refusal);

    expect(await read()).toEqual({
      settings: {},
      notes: [
        expect.stringMatching(/^warning: .*AccessDeniedException.* allow apigateway:GET on \/account/),
        expect.stringMatching(/^warning: .*AccessDeniedException.* allow lambda:GetAccountSettings/),
      ],
    });
  });
});

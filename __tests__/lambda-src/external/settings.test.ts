import type { ExternalEnv } from "../../../lambda-src/external/env";
import { readSettings } from "../../../lambda-src/external/settings";

const env: ExternalEnv = {
  TOPIC_SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:LambdaSNSTopicARN-AbCdEf",
  TOPIC_MAX_AGE_SECONDS: "300",
  CORS_ORIGINS: "https://app.example.com, http://localhost:5173",
};
const complete = { ...env, AWS_LAMBDA_FUNCTION_NAME: "ExternalLambda1-staging" };

describe("The settings of an external function", () => {
  it("come from its environment", () => {
    expect(readSettings(complete)).toEqual({
      functionName: "ExternalLambda1-staging",
      topicSecretArn: env.TOPIC_SECRET_ARN,
      topicMaxAgeMs: 300_000,
      corsOrigins: ["https://app.example.com", "http://localhost:5173"],
    });
  });

  it("name no origin when the list is empty", () => {
    expect(readSettings({ ...complete, CORS_ORIGINS: "" }).corsOrigins).toEqual([]);
  });

  it.each(Object.keys(complete))("are refused without %s", (name) => {
    expect(() => readSettings({ ...complete, [name]: undefined })).toThrow(`${name} is not set`);
  });

  it.each([
    ["TOPIC_SECRET_ARN", "LambdaSNSTopicARN"],
    ["TOPIC_SECRET_ARN", "arn:aws:sns:eu-central-1:123456789012:topic"],
    ["TOPIC_MAX_AGE_SECONDS", "0"],
    ["TOPIC_MAX_AGE_SECONDS", "-5"],
    ["TOPIC_MAX_AGE_SECONDS", "1.5"],
    ["TOPIC_MAX_AGE_SECONDS", "5m"],
    ["TOPIC_MAX_AGE_SECONDS", "86401"],
    ["CORS_ORIGINS", "*"],
    ["CORS_ORIGINS", "null"],
    ["CORS_ORIGINS", "app.example.com"],
    ["CORS_ORIGINS", "https://app.example.com/"],
    ["CORS_ORIGINS", "https://App.example.com"],
    ["CORS_ORIGINS", "https://app.example.com:443"],
    ["CORS_ORIGINS", "https://app.example.com,,https://b.example.com"],
    ["CORS_ORIGINS", "file:///etc/passwd"],
  ])("are refused with %s = %s", (name, value) => {
    expect(() => readSettings({ ...complete, [name]: value })).toThrow(`${name} is "${value}"; accepted: `);
  });
});

// The same architecture with AWS CDK, handlers bundled beforehand: what its synthesis takes. Run where aws-cdk-lib is installed, with
// the folders of the two bundles as arguments.
const { App, Duration, Stack, Tags } = require("aws-cdk-lib");
const apigateway = require("aws-cdk-lib/aws-apigateway");
const cognito = require("aws-cdk-lib/aws-cognito");
const lambda = require("aws-cdk-lib/aws-lambda");
const { SqsDestination } = require("aws-cdk-lib/aws-lambda-destinations");
const logs = require("aws-cdk-lib/aws-logs");
const { Secret } = require("aws-cdk-lib/aws-secretsmanager");
const { Topic } = require("aws-cdk-lib/aws-sns");
const { LambdaSubscription } = require("aws-cdk-lib/aws-sns-subscriptions");
const { Queue } = require("aws-cdk-lib/aws-sqs");
const wafv2 = require("aws-cdk-lib/aws-wafv2");

const [, , external, internal] = process.argv;

function functionOf(scope, name, folder, props = {}) {
  return new lambda.Function(scope, name, {
    functionName: name,
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: "index.handler",
    code: lambda.Code.fromAsset(folder),
    timeout: Duration.seconds(10),
    memorySize: 256,
    logGroup: new logs.LogGroup(scope, `${name}Logs`, { retention: logs.RetentionDays.ONE_MONTH }),
    ...props,
  });
}

const app = new App();
const messaging = new Stack(app, "shared-messaging");
const topic = new Topic(messaging, "Topic", { enforceSSL: true });
const deadLetters = new Queue(messaging, "DeadLetters", { enforceSSL: true });
const internalFunction = functionOf(messaging, "InternalLambda", internal, {
  onFailure: new SqsDestination(deadLetters),
});
topic.addSubscription(new LambdaSubscription(internalFunction, { deadLetterQueue: deadLetters }));
const secret = new Secret(messaging, "TopicSecret", {});

const edge = new Stack(app, "secure-edge");
const api = new apigateway.RestApi(edge, "Api", {
  endpointTypes: [apigateway.EndpointType.REGIONAL],
  deployOptions: {
    stageName: "development",
    throttlingRateLimit: 50,
    throttlingBurstLimit: 50,
    loggingLevel: apigateway.MethodLoggingLevel.ERROR,
    accessLogDestination: new apigateway.LogGroupLogDestination(new logs.LogGroup(edge, "AccessLogs")),
  },
});
const model = api.addModel("Name", {
  schema: {
    type: apigateway.JsonSchemaType.OBJECT,
    required: ["name"],
    properties: { name: { type: apigateway.JsonSchemaType.STRING, minLength: 1, maxLength: 100 } },
    additionalProperties: false,
  },
});
const validator = api.addRequestValidator("Validator", { validateRequestBody: true });
for (const number of [1, 2]) {
  const pool = new cognito.UserPool(edge, `MyUserPool${number}`, {
    signInAliases: { email: true },
    autoVerify: { email: true },
    selfSignUpEnabled: true,
  });
  pool.addDomain(`Domain${number}`, { cognitoDomain: { domainPrefix: `bench-${number}` } });
  pool.addClient(`Client${number}`, { authFlows: { userSrp: true }, preventUserExistenceErrors: true });
  const handler = functionOf(edge, `ExternalLambda${number}`, external, {
    environment: { TOPIC_SECRET_ARN: secret.secretArn, TOPIC_MAX_AGE_SECONDS: "300", CORS_ORIGINS: "" },
  });
  topic.grantPublish(handler);
  secret.grantRead(handler);
  api.root.addResource(`lambda${number}`).addMethod("POST", new apigateway.LambdaIntegration(handler), {
    authorizer: new apigateway.CognitoUserPoolsAuthorizer(edge, `AGAuthorizer${number}`, {
      cognitoUserPools: [pool],
    }),
    requestModels: { "application/json": model },
    requestValidator: validator,
  });
}
const visibility = (metricName) => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
});
const ipSet = new wafv2.CfnIPSet(edge, "IpSet", {
  scope: "REGIONAL",
  ipAddressVersion: "IPV4",
  addresses: ["192.0.2.0/24"],
});
const managed = (name, priority) => ({
  ...{ name, priority, overrideAction: { none: {} }, visibilityConfig: visibility(name) },
  statement: { managedRuleGroupStatement: { vendorName: "AWS", name } },
});
const webAcl = new wafv2.CfnWebACL(edge, "WebAcl", {
  scope: "REGIONAL",
  defaultAction: { allow: {} },
  visibilityConfig: visibility("WebAcl"),
  rules: [
    {
      ...{ name: "SourceIp", priority: 0, action: { count: {} }, visibilityConfig: visibility("SourceIp") },
      statement: { ipSetReferenceStatement: { arn: ipSet.attrArn } },
    },
    {
      ...{ name: "RateLimit", priority: 1, action: { block: {} }, visibilityConfig: visibility("RateLimit") },
      statement: { rateBasedStatement: { limit: 1000, aggregateKeyType: "IP" } },
    },
    managed("AWSManagedRulesKnownBadInputsRuleSet", 2),
    managed("AWSManagedRulesCommonRuleSet", 3),
  ],
});
new wafv2.CfnWebACLAssociation(edge, "WebAclAssociation", {
  resourceArn: api.deploymentStage.stageArn,
  webAclArn: webAcl.attrArn,
});
Tags.of(app).add("Project", "bench");
app.synth();

export interface AwsCall {
  /** A key of `AWS_OPERATIONS`. */
  readonly service: string;
  readonly operation: string;
  /** The operation's input, as the API reference has it. Times in answers are seconds since the epoch. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** What `POST /api/aws` may call. Nothing that reads a secret's value, and nothing of STS. */
export const AWS_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  apigateway: [
    "GetRestApis",
    "GetResources",
    "GetMethod",
    "GetModels",
    "GetAuthorizers",
    "GetGatewayResponses",
    "GetStages",
    "GetUsagePlans",
    "TestInvokeMethod",
  ],
  "cognito-idp": [
    "ListUserPools",
    "DescribeUserPool",
    "ListUserPoolClients",
    "ListUsers",
    "AdminGetUser",
    "AdminCreateUser",
    "AdminSetUserPassword",
    "AdminResetUserPassword",
    "AdminConfirmSignUp",
    "AdminEnableUser",
    "AdminDisableUser",
    "AdminDeleteUser",
    "AdminUserGlobalSignOut",
    "AdminUpdateUserAttributes",
    "AdminAddUserToGroup",
    "AdminRemoveUserFromGroup",
    "AdminListGroupsForUser",
    "ListGroups",
    "ListUsersInGroup",
    "CreateGroup",
    "DeleteGroup",
    "SignUp",
    "ConfirmSignUp",
    "ResendConfirmationCode",
  ],
  lambda: ["ListFunctions", "GetFunctionConfiguration", "Invoke"],
  logs: ["DescribeLogGroups", "DescribeLogStreams", "FilterLogEvents", "GetLogEvents"],
  secretsmanager: ["ListSecrets", "DescribeSecret"],
  sns: ["ListTopics", "ListSubscriptionsByTopic", "GetTopicAttributes", "Publish"],
  sqs: ["ListQueues", "GetQueueAttributes", "PurgeQueue"],
  wafv2: ["ListWebACLs", "GetWebACL", "ListIPSets", "GetIPSet", "GetSampledRequests"],
};

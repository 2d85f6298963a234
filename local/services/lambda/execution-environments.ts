import type { Deployment } from "../../deployment/deployment";
import type { AccessControl, CredentialStore, SessionCredentials } from "../../iam/access-control";
import { formatArn } from "../../kernel/arn";
import type { Clock } from "../../kernel/clock";
import type { Kept } from "../../kernel/kept";
import type { Principal } from "../../kernel/principal";
import type { Ports } from "../ports";
import { instanceEnvironment } from "./environment";
import type { FunctionCode } from "./function-code";
import type { FunctionSettings } from "./function-settings";
import { Instance } from "./instance/instance";
import type { StartedInstance } from "./instances";
import { logStreamName, RunLog } from "./run-log";
import { WarmInstances } from "./warm-instances";

export interface EnvironmentOptions {
  readonly deployment: Deployment;
  readonly access: AccessControl;
  readonly credentials: CredentialStore;
  readonly clock: Clock;
  /** Where replaced code and warm instances outlive a restart. */
  readonly kept: Kept;
  /** The local endpoint, for the functions' SDKs. */
  readonly endpointUrl: () => string;
  readonly ports: Pick<Ports, "logs">;
  /** Variables that the functions of a role get, besides Lambda's and their own. @default none */
  readonly functionVariables?: (roleArn: string) => Readonly<Record<string, string>>;
}

/** Starts the functions' instances: with their code, their variables, their role's credentials and a log stream. */
export class ExecutionEnvironments {
  readonly #warm: WarmInstances;
  /** Code that replaces that of the deployment, by the function's ARN. */
  readonly #replaced: Map<string, { readonly instead: string; readonly code: FunctionCode }>;
  readonly #options: EnvironmentOptions;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#replaced = options.kept.of("lambda: replaced code", () => new Map());
    this.#warm = options.kept.open("lambda: warm instances", () => new WarmInstances());
  }

  /** @param codeFolder what Lambda would unpack */
  async replaceCode(settings: FunctionSettings, codeFolder: string): Promise<void> {
    const code: FunctionCode = { kind: "folder", path: codeFolder };
    await this.#warm.roots.of({ ...settings, code });
    this.#replaced.set(settings.arn, { instead: settings.code.path, code });
    // Those of the former code would wait for ever, because no start takes them.
    await this.#warm.stop();
  }

  /** Keeps instances for the services that are started next. */
  keep(idle: readonly StartedInstance[]): void {
    for (const started of idle) this.#warm.keep(started);
  }

  /** Ends those that are kept. */
  async stop(): Promise<void> {
    await this.#warm.stop();
  }

  /** A warm one that was started with the same, else a new one. */
  async start(
    settings: FunctionSettings,
    version: string,
    inspectPort: number | undefined,
  ): Promise<StartedInstance> {
    const { deployment, clock, ports, endpointUrl, functionVariables } = this.#options;
    const session = this.#credentialsOf(settings);
    const replaced = this.#replaced.get(settings.arn);
    const code = replaced?.instead === settings.code.path ? replaced.code : settings.code;
    const root = await this.#warm.roots.of({ ...settings, code });
    const environmentOf = (logStream: string) =>
      instanceEnvironment(settings, {
        region: deployment.region,
        endpointUrl: endpointUrl(),
        functionVariables: functionVariables?.(settings.roleArn) ?? {},
        credentials: session,
        ...{ logStream, version, ...root },
      });
    const { memoryMb, logGroup } = settings;
    const startedWith = JSON.stringify([environmentOf(""), memoryMb]);
    const warm = this.#warm.take(startedWith);
    if (warm !== undefined) {
      warm.log.continueIn(ports.logs, clock, await this.#mayLog(settings, warm.log.stream));
      return { ...warm, isWarm: true };
    }
    const stream = logStreamName(clock.now(), version);
    const permitted = await this.#mayLog(settings, stream);
    const log = new RunLog(ports.logs, clock, logGroup, stream, version, permitted);
    const instance = new Instance({
      environment: environmentOf(stream),
      taskRoot: root.taskRoot,
      memoryMb,
      guard: this.#warm.guard,
      inspectPort,
      onLog: (text) => log.write(text),
    });
    return { log, version, instance, startedWith, isWarm: false };
  }

  async #mayLog(settings: FunctionSettings, stream: string): Promise<boolean> {
    const { deployment, access } = this.#options;
    const principal = this.principalOf(settings);
    const resource = formatArn(deployment, "logs", `log-group:${settings.logGroup}:log-stream:${stream}`);
    const actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
    const allowed = await Promise.all(
      actions.map((action) => access.isAllowed({ principal, action, resource })),
    );
    return !allowed.includes(false);
  }

  /** The function acting with its own role. */
  principalOf(settings: FunctionSettings): Principal {
    const { accessKeyId, sessionToken } = this.#credentialsOf(settings);
    return this.#options.credentials.principalOf(accessKeyId, sessionToken);
  }

  #credentialsOf(settings: FunctionSettings): SessionCredentials {
    return this.#options.credentials.issue(settings.roleArn, settings.name);
  }
}

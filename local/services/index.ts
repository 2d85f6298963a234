import { apigateway } from "./apigateway/service";
import { cognito } from "./cognito/service";
import { lambda } from "./lambda/service";
import { logs } from "./logs/service";
import { type Ports, Switchboard } from "./ports";
import { secretsManager } from "./secretsmanager/service";
import {
  type RunningService,
  type Service,
  type ServiceContext,
  type ServiceOptions,
  toService,
} from "./service";
import { sns } from "./sns/service";
import { sqs } from "./sqs/service";
import { sts } from "./sts/service";
import { wafv2 } from "./wafv2/service";

/** Every service that the local runtime serves, in the order in which they are created. */
export const services: readonly Service[] = [
  toService(logs),
  toService(secretsManager),
  toService(sqs),
  toService(sns),
  toService(lambda),
  toService(cognito),
  toService(wafv2),
  toService(apigateway),
  toService(sts),
];

export interface RunningServices {
  readonly services: readonly RunningService[];
  readonly ports: Ports;
  /** Lets services do what they do without being called, once the runtime listens. */
  begin(): void;
  /** Resolves when no service has anything left to do: one may give work to another. */
  settled(): Promise<void>;
  /** Ends what waits and what runs, in every service. */
  close(): Promise<void>;
}

/**
 * Creates every service of the table, in order, and connects their ports.
 *
 * @throws DeploymentError for what a service would serve otherwise than AWS
 */
export async function startServices(
  context: Omit<ServiceContext, "ports">,
  options: ServiceOptions,
): Promise<RunningServices> {
  const ports = new Switchboard();
  const running: RunningService[] = [];
  for (const service of services) {
    const started = await service.start({ ...context, ports }, options);
    ports.offer(started.ports);
    running.push(started);
  }
  return {
    services: running,
    ports,
    begin: () => {
      for (const service of running) service.begin();
    },
    settled: async () => {
      let worked: boolean;
      do worked = (await Promise.all(running.map((service) => service.settle()))).includes(true);
      while (worked);
    },
    close: async () => {
      await Promise.all(running.map((service) => service.close()));
    },
  };
}

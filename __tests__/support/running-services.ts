import type { Deployment } from "../../local/deployment/deployment";
import { IssuedCredentials } from "../../local/iam/issued-credentials";
import type { PolicyAccessControl } from "../../local/iam/policy-access-control";
import { Activity } from "../../local/kernel/activity";
import { noFaults } from "../../local/kernel/faults";
import { Inbox } from "../../local/kernel/inbox";
import { Kept } from "../../local/kernel/kept";
import { accessControlOf, ledger } from "../../local/load";
import { startServices } from "../../local/services/index";
import type { RunningService } from "../../local/services/service";
import { keyPairs } from "./run/key-pairs";
import { TestClock } from "./test-clock";

export interface RunningServices {
  readonly access: PolicyAccessControl;
  readonly credentials: IssuedCredentials;
  readonly services: readonly RunningService[];
  close(): Promise<void>;
}

/**
 * Every service at work on the deployment, without a front door. What nobody reads of the deployment fails, as it stops the
 * start of a runtime.
 */
export async function startAllServices(deployment: Deployment): Promise<RunningServices> {
  ledger.requireAcceptable(deployment);
  const access = await accessControlOf(deployment);
  const kept = new Kept();
  const credentials = new IssuedCredentials(deployment);
  const running = await startServices(
    {
      deployment,
      clock: new TestClock(),
      activity: new Activity(),
      kept,
      access,
      credentials,
      faults: noFaults,
      endpointUrl: () => "http://127.0.0.1:3000",
      browserUrl: () => "",
      notice: () => {},
      inbox: new Inbox(),
    },
    { makeKeyPair: keyPairs() },
  );
  const close = async () => {
    await running.close();
    await kept.close();
  };
  try {
    ledger.requireEverythingRead(deployment);
  } catch (error) {
    await close();
    throw error;
  }
  return { access, credentials, services: running.services, close };
}

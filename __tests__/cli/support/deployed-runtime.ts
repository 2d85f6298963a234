import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestRuntime } from "../../support/local-runtime";

const CREDENTIALS = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

/** A local runtime in place of AWS: a checkout whose state says where it is, and the variables that SDKs heed. */
export class DeployedRuntime {
  readonly project = mkdtempSync(path.join(tmpdir(), "deployed from here "));
  readonly #environment = { ...process.env };

  constructor({ runtime }: TestRuntime) {
    const outputs = {
      environment: { value: "development" },
      invoke_url: { value: runtime.invokeUrls[0] },
      region: { value: runtime.region },
      user_pools: {
        value: Object.fromEntries(
          runtime.userPools.map(({ name, id, clientId }) => [name, { id, client_id: clientId }]),
        ),
      },
    };
    const folder = path.join(this.project, "state", "development");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "secure-edge.tfstate"), JSON.stringify({ version: 4, outputs }));
    Object.assign(process.env, CREDENTIALS, { AWS_ENDPOINT_URL: runtime.awsEndpointUrl });
  }

  remove(): void {
    for (const name of [...Object.keys(CREDENTIALS), "AWS_ENDPOINT_URL"]) {
      const before = this.#environment[name];
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    }
    rmSync(this.project, { recursive: true, force: true });
  }
}

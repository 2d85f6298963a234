import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { prepare } from "../../terraform/support/prepare";
import { stackNames } from "../../terraform/support/state";
import { startTestTarget } from "../../terraform/support/target";
import { expectSuccess } from "../../terraform/support/workspace";

/** What the recorded deployment has besides the defaults, so that everything a stack can have is there. */
const SETTINGS = {
  API_CLIENTS: "acme",
  CORS_ORIGIN: "https://app.example.com",
  IP_SET_CIDRS: "127.0.0.1/32,203.0.113.0/24",
};

const ROUTES = `
  {
    path: "/orders/{id}",
    method: "PUT",
    functionName: "ExternalLambda1",
    handler: "external",
    auth: "cognito-id-token",
    authorizer: "AGAuthorizer1",
    userPool: "MyUserPool1",
    apiKeyRequired: true,
    throttle: { rateLimit: 5, burstLimit: 7 },
  },
  {
    path: "/orders",
    method: "GET",
    functionName: "ExternalLambda2",
    handler: "external",
    auth: "none",
    reason: "recorded as a route that is open to anybody",
  },
];
`;

/**
 * `node --require ./typescript.js __tests__/local/state/record.ts`: deploys the stacks to moto with the real Terraform, and records
 * what was synthesized and what `terraform show -json` says, beside this file. Run `npm run format` afterwards.
 */
async function record(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "secure-lambda-terraform-"));
  Object.assign(process.env, await prepare(folder));
  const { workspace, remove } = await startTestTarget();
  try {
    workspace.set(SETTINGS);
    workspace.edit("stacks/secure-edge/routes.ts", (text) => text.replace(/\n\];\n$/, ROUTES));
    await workspace.deploy();
    const synthesized: Record<string, unknown> = {};
    const shown: Record<string, unknown> = {};
    for (const stack of stackNames) {
      const stackFile = path.join(workspace.folder, "cdktf.out.moto", "stacks", stack, "cdk.tf.json");
      const { "//": _metadata, ...json } = JSON.parse(readFileSync(stackFile, "utf8"));
      synthesized[stack] = json;
      const result = await workspace.terraform(stack, "show", "-json");
      expectSuccess("terraform show", result);
      shown[stack] = JSON.parse(result.stdout);
    }
    for (const [name, json] of Object.entries({ synthesized, "terraform-show": shown }))
      writeFileSync(path.join(__dirname, `${name}.json`), `${JSON.stringify(json, null, 2)}\n`);
  } finally {
    await remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

void record();

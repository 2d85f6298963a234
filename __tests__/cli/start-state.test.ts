import path from "node:path";
import { readEndpoints } from "../../cli/common/endpoints";
import { startCommand } from "../../cli/start";
import { eventually } from "../support/local-runtime";
import { DeployedProject } from "./support/deployed-project";

// Each runtime takes a second to start, more on a busy machine.
jest.setTimeout(60_000);

let deployed: DeployedProject;

beforeEach(() => {
  deployed = new DeployedProject();
});

afterEach(() => deployed.remove());

it("serves what Terraform deployed, and says whose state it reads", async () => {
  const file = path.join(deployed.project, "endpoints.json");
  const stopping = new AbortController();
  let printed = "";
  const stdout = { write: (text: string) => (printed += text) };

  const running = startCommand.run(["--state", "--port", "0", "--endpoints-file", file], {
    stdout,
    signal: stopping.signal,
    project: deployed.project,
  });
  const { invokeUrl, userPools } = await eventually(() => readIfThere(file));
  const refused = await fetch(`${invokeUrl}/lambda1`, { method: "POST", body: '{"name":"Ada"}' });
  const open = await fetch(`${invokeUrl}/orders`);
  stopping.abort();

  expect(await running).toBe(0);
  expect([refused.status, await refused.text()]).toEqual([401, '{"message":"Unauthorized"}']);
  expect(open.status).toBe(400);
  expect(userPools.map(({ name }) => name)).toEqual(["MyUserPool1", "MyUserPool2"]);
  expect(printed).toContain("reading Terraform's state of development");
});

it("does not start where nothing is deployed", async () => {
  const run = startCommand.run(["--state", "--environment", "staging"], {
    stdout: { write: () => true },
    signal: new AbortController().signal,
    project: deployed.project,
  });

  await expect(run).rejects.toThrow("the environment staging is not deployed from here");
});

function readIfThere(file: string) {
  try {
    return readEndpoints(file);
  } catch {
    return undefined;
  }
}

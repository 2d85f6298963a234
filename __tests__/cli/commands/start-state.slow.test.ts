import path from "node:path";
import { readEndpoints } from "../../../local/command/endpoints";
import { eventually } from "../../support/local-runtime";
import { DeployedProject } from "../support/deployed-project";
import { runWords } from "../support/run-words";

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

  const running = runWords(["start", "--state", "--port", "0", "--endpoints-file", file], {
    stdout,
    signal: stopping.signal,
    project: deployed.project,
  });
  const { invokeUrl, userPools } = await eventually(() => readIfThere(file));
  const refused = await fetch(`${invokeUrl}/lambda1`, { method: "POST", body: '{"name":"Ada"}' });
  const open = await fetch(`${invokeUrl}/orders`);
  stopping.abort();

  expect(await running).toMatchObject({ exitCode: 0, stderr: "" });
  expect([refused.status, await refused.text()]).toEqual([401, '{"message":"Unauthorized"}']);
  expect(open.status).toBe(400);
  expect(userPools.map(({ name }) => name)).toEqual(["MyUserPool1", "MyUserPool2"]);
  expect(printed).toContain("reading Terraform's state of development");
});

it("does not start where nothing is deployed", async () => {
  const { project } = deployed;

  const { exitCode, stderr } = await runWords(["start", "--state", "--environment", "staging"], { project });

  expect(exitCode).toBe(1);
  expect(stderr).toContain("the environment staging is not deployed from here");
});

function readIfThere(file: string) {
  try {
    return readEndpoints(file);
  } catch {
    return undefined;
  }
}

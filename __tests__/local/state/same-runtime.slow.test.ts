import { runChecks } from "../../../cli/verification/run-checks";
import type { Value } from "../../../local/deployment/attributes";
import { loadSynthesized, readStates } from "../../../local/load";
import { startRuntime } from "../../../local/runtime";
import { checkTargetOf } from "../../support/check-target";
import { emailOf, TEST_PASSWORD } from "../../support/local-runtime";
import type { Json } from "../../support/runtime-description/aws-calls";
import { describeRuntime } from "../../support/runtime-description/describe-runtime";
import { expectSameRuntime } from "../../support/runtime-description/same-runtime";
import { filledInByAws } from "./filled-in-by-aws";
import { recordedFolder, recordedStates, resourcesIn } from "./recorded";

// Each runtime takes a second to start, more on a busy machine.
jest.setTimeout(60_000);

type Values = { [key: string]: Value };

let recorded: ReturnType<typeof recordedFolder>;
let synthesized: Json;

beforeAll(async () => {
  recorded = recordedFolder();
  synthesized = await describeRuntime(loadSynthesized(recorded.folder));
});

afterAll(() => recorded.remove());

it("serves from Terraform's state the runtime that it serves from the synthesized JSON, ids apart", async () => {
  await expectSameRuntime(recordedStates(), recorded.folder);
});

it("does not care how the state spells what is not set", async () => {
  const respelt = recordedStates();
  for (const resource of resourcesIn(respelt)) resource.values = withoutUnset(resource.values);

  const deployment = readStates(respelt, recorded.stackFolders);

  expect(await describeRuntime(deployment)).toEqual(synthesized);
});

it("does not care for what AWS fills in, and moto leaves out", async () => {
  const refreshed = recordedStates();
  for (const resource of resourcesIn(refreshed)) {
    Object.assign(resource.values, filledInByAws(resource, resourcesIn(refreshed)));
  }

  const deployment = readStates(refreshed, recorded.stackFolders);

  expect(await describeRuntime(deployment)).toEqual(synthesized);
});

it("passes the end-to-end check", async () => {
  const deployment = readStates(recordedStates(), recorded.stackFolders);
  const runtime = await startRuntime({ deployment, port: 0 });
  try {
    for (const { id, name } of runtime.userPools)
      runtime.createUser(id, { email: emailOf(name), password: TEST_PASSWORD });

    const checks = await runChecks(checkTargetOf(runtime));

    expect(checks).not.toEqual([]);
    expect(checks.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  } finally {
    await runtime.close();
  }
});

function withoutUnset(block: Values): Values {
  return Object.fromEntries(
    Object.entries(block)
      .filter(([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0))
      .map(([key, value]) => [key, respell(value)]),
  );
}

function respell(value: Value): Value {
  if (Array.isArray(value)) return value.map(respell);
  return typeof value === "object" && value !== null ? withoutUnset(value) : value;
}

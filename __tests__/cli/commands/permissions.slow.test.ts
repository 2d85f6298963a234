import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { permissions } from "../../../cli/commands/permissions";
import { keepPermissions } from "../../../cli/serving/permissions-file";
import { useConsole } from "../../local/console/running-console";
import { CapturedText } from "../support/captured-text";

describe("npm run permissions", () => {
  const test = useConsole();
  const project = mkdtempSync(path.join(tmpdir(), "permissions-"));
  afterAll(() => rmSync(project, { recursive: true }));

  const told = async (words: { readonly endpoints?: string; readonly json?: boolean } = {}) => {
    const stdout = new CapturedText();
    const { endpoints, json = false } = words;
    const signal = new AbortController().signal;
    expect(await permissions({ endpoints, json }, { stdout, stderr: stdout, signal, project })).toBe(0);
    return stdout.lines.join("\n");
  };
  /** As `npm start` writes it, for this process. */
  const endpointsFile = (consoleUrl: string | undefined): string => {
    const file = path.join(project, "endpoints.json");
    const { awsEndpointUrl, invokeUrls, region } = test().host.runtime;
    const endpoints = {
      pid: process.pid,
      invokeUrl: invokeUrls[0],
      awsEndpointUrl,
      inboxUrl: `${awsEndpointUrl}/inbox`,
      consoleUrl,
      region,
      userPools: [],
    };
    writeFileSync(file, JSON.stringify(endpoints));
    return file;
  };

  it("says what to do where nothing was seen yet, and a runtime without a call leaves nothing to see", async () => {
    keepPermissions(project, test().host.runtime);

    await expect(told({ endpoints: undefined })).rejects.toThrow("nothing was seen yet: run npm run demo");
  });

  it("tells of the runtime that runs, and of the last one once it has stopped", async () => {
    const { people } = await test().get("GET /api/try");
    const person = people.find(({ kind }) => kind === "user")?.id ?? "";
    await test().post("POST /api/try", {
      stage: "development",
      method: "POST",
      path: "/lambda1",
      person,
      body: '{"name":"Ada"}',
    });
    await test().host.runtime.settled();

    const running = await told({ endpoints: endpointsFile(test().console.url) });
    keepPermissions(project, test().host.runtime);
    const stopped = await told();

    expect(running).toMatch(
      /^used \d+×\s+sns:Publish\s+arn:aws:sns:\S+\s+aws_iam_role_policy\.ExternalLambda1\.policy, Publish$/m,
    );
    expect(running).toContain("The smallest policy for what was seen:");
    expect(stopped).toBe(running);
    expect(JSON.parse(await told({ json: true })).functions).toHaveLength(3);
  });

  it("says what to do where the runtime has no console", async () => {
    await expect(told({ endpoints: endpointsFile(undefined) })).rejects.toThrow(
      "was started with --console-port off",
    );
  });
});

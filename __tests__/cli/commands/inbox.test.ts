import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { inbox } from "../../../cli/commands/inbox";
import { publishEndpoints } from "../../../local/command/endpoints";
import { inboxPage } from "../../../local/front-door/inbox-page";
import { Inbox } from "../../../local/kernel/inbox";
import { CapturedText } from "../support/captured-text";
import { runWords } from "../support/run-words";

const folder = mkdtempSync(path.join(tmpdir(), "endpoints of the inbox "));
const endpointsFile = path.join(folder, "endpoints.json");
const mails = new Inbox();
let server: Server;

beforeAll(async () => {
  const page = inboxPage({ inbox: mails, loginPages: () => [] });
  server = createServer((message, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const request = {
      ...{ method: "GET", target: message.url ?? "", httpVersion: "1.1", headers: [] },
      ...{ body: Buffer.alloc(0), sourceIp: "127.0.0.1", localPort: 0, signal: gone.signal },
    };
    void page(request).then(({ status, body }) => response.writeHead(status).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  publishEndpoints(endpointsFile, {
    ...{ pid: process.pid, invokeUrl: `${url}/development`, awsEndpointUrl: url, region: "us-east-1" },
    inboxUrl: `${url}/.inbox`,
    userPools: [],
  });
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function send(to: string, code: string): void {
  mails.add({
    ...{ at: new Date(2026, 0, 2, 3, 4, 5).getTime(), to, code, medium: "EMAIL", purpose: "sign-up" },
    ...{ poolId: "us-east-1_Pool1", poolName: "MyUserPool1", username: "u" },
    ...{ subject: "Your verification code", text: `Your verification code is ${code}.` },
  });
}

const run = (...words: string[]) => runWords(["inbox", ...words, "--endpoints", endpointsFile]);

describe("npm run inbox", () => {
  it("says that there is nothing", async () => {
    expect((await run()).stdout).toBe("the inbox is empty\n");
    expect((await run("--json")).stdout).toBe("");
  });

  it("shows what would have been sent, the oldest first, to all or to one", async () => {
    send("ada@example.com", "111111");
    send("eve@example.com", "222222");

    const all = await run();
    const one = await run("--to", "EVE@", "--json");

    expect(all.stdout).toBe(
      [
        "03:04:05  MyUserPool1  sign-up  ada@example.com  111111  Your verification code",
        "03:04:05  MyUserPool1  sign-up  eve@example.com  222222  Your verification code\n",
      ].join("\n"),
    );
    expect(
      one.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).code),
    ).toEqual(["222222"]);
  });

  it("shows what comes as it comes, until it is interrupted", async () => {
    const controller = new AbortController();
    const printed: string[] = [];
    let told = () => {};
    const stdout = {
      write(text: string) {
        printed.push(JSON.parse(text).code);
        told();
      },
    };
    const next = () => new Promise<void>((resolve) => (told = resolve));
    const words = { endpoints: endpointsFile, to: "bob", follow: true, json: true };
    const running = inbox(words, { stdout, stderr: stdout, signal: controller.signal, project: folder });

    let printedOne = next();
    send("eve@example.com", "000000");
    send("bob@example.com", "333333");
    await printedOne;
    printedOne = next();
    send("bob@example.com", "444444");
    await printedOne;
    controller.abort(new Error("interrupted"));

    await expect(running).rejects.toThrow("interrupted");
    expect(printed).toEqual(["333333", "444444"]);
  });

  it("says so when the local runtime is gone", async () => {
    const file = path.join(folder, "gone.json");
    publishEndpoints(file, {
      ...{ pid: process.pid, invokeUrl: "", awsEndpointUrl: "", region: "us-east-1", userPools: [] },
      inboxUrl: "http://127.0.0.1:1/.inbox",
    });
    const stdout = new CapturedText();
    const context = { stdout, stderr: stdout, signal: new AbortController().signal, project: folder };

    await expect(inbox({ endpoints: file, follow: false, json: false }, context)).rejects.toThrow(
      /^the local runtime does not answer at http:\/\/127\.0\.0\.1:1\/\.inbox \(.*\): start it with npm start$/,
    );
  });
});

import { calls } from "../../../cli/serving/calls";
import { outputFor } from "../../../local/command/output";
import type { Shown } from "../../../local/command/serve";
import type { RequestLine } from "../../../local/runtime-options";
import { CapturedText } from "../../cli/support/captured-text";

const line: RequestLine = {
  id: "7c1b0e7e-6f0a-4f8e-9a51-0d5f0b6d1c11",
  at: new Date(2026, 0, 2, 3, 4, 5, 6),
  sourceIp: "127.0.0.1",
  method: "POST",
  path: "/development/lambda1",
  status: 401,
  decision: { layer: "authorizer", detail: "AGAuthorizer1: no token" },
  durationMs: 1.6,
};

function servedWith({ suffix = "", warnings = [] as string[] } = {}): Shown {
  const userPools = ["MyUserPool1", "MyUserPool2"].map((name) => ({
    name: `${name}${suffix}`,
    id: "us-east-1_a",
    clientId: "client",
    loginPageUrl: "http://127.0.0.1:3000/host/login",
    user: { email: "ada@example.com", password: "secret" },
  }));
  const awsEndpointUrl = "http://127.0.0.1:3000";
  const endpoints = {
    ...{
      pid: 7,
      invokeUrl: `${awsEndpointUrl}/development`,
      awsEndpointUrl,
      inboxUrl: `${awsEndpointUrl}/.inbox`,
      region: "us-east-1",
    },
    userPools,
  };
  return {
    endpoints,
    runtime: { warnings },
  };
}

describe("what start prints for people", () => {
  const requests = (...lines: Partial<RequestLine>[]): string[] => {
    const stream = new CapturedText();
    const output = outputFor(stream, false, calls);
    for (const changes of lines) output.request({ ...line, ...changes });
    return stream.lines;
  };

  it("is one line a request: time, source IP, method, path, status, what decided it, duration", () => {
    expect(requests({})).toEqual([
      `03:04:05.006  127.0.0.1  POST    /development/lambda1  401  ${"authorizer: AGAuthorizer1: no token".padEnd(42)}     2 ms`,
    ]);
  });

  it("stays aligned after a longer cell", () => {
    const [, first, second] = requests({ path: "/development/lambda1/of/somebody" }, {}, { status: 200 });

    expect(first?.indexOf("401")).toBe(second?.indexOf("200"));
    expect(first?.indexOf("401")).toBe(
      "03:04:05.006  127.0.0.1  POST    /development/lambda1/of/somebody  ".length,
    );
  });

  it("is not pushed aside for good by one very long path, which is cut", () => {
    const [long, short] = requests({ path: `/${"a".repeat(9000)}` }, {});

    expect(long).toContain(`/${"a".repeat(58)}…  401`);
    expect(short).toBe(requests({})[0]);
  });

  it("shows what a request carries as text, so that it cannot forge a line or speak to the terminal", () => {
    const [only, ...more] = requests({ path: "/a\u009b2Jb", method: "GET\r\n03:04" });

    expect(only).toContain("GET\\u000d\\u000a03:04  /a\\u009b2Jb");
    expect(more).toEqual([]);
  });

  it("indents the further lines of a notice", () => {
    const stream = new CapturedText();

    outputFor(stream, false, calls).notice("internal error: x\n    at y\u001b[2J");

    expect(stream.text).toBe("internal error: x\n        at y\\u001b[2J\n");
  });

  describe("on a terminal", () => {
    const before = process.env.FORCE_COLOR;
    beforeEach(() => {
      process.env.FORCE_COLOR = "1";
    });
    afterEach(() => {
      if (before === undefined) delete process.env.FORCE_COLOR;
      else process.env.FORCE_COLOR = before;
    });

    it("has the status as a link to the request in the console, where that is served", () => {
      const served = servedWith();
      const stream = new CapturedText();
      const output = outputFor(stream, false, calls);
      const endpoints = { ...served.endpoints, consoleUrl: "http://127.0.0.1:3003/#secret" };

      output.started({ ...served, endpoints }, "f");
      output.request(line);

      expect(stream.lines.at(-1)).toContain(
        `\u001b]8;;http://127.0.0.1:3003/requests/${line.id}#secret\u001b\\\u001b[33m401\u001b[39m\u001b]8;;\u001b\\`,
      );
      expect(requests({})[0]).not.toContain("\u001b]8");
    });

    it("colours the status by its class", () => {
      const coloured = requests({ status: 200 }, { status: 404 }, { status: 502 });

      expect(coloured.map((text) => /\[3(\d)m(\d{3})/.exec(text)?.slice(1))).toEqual([
        ["2", "200"],
        ["3", "404"],
        ["1", "502"],
      ]);
    });
  });

  it("starts with where it is, for whom, what is not enforced and calls to copy", () => {
    const stream = new CapturedText();

    outputFor(stream, false, calls).started(
      servedWith({ warnings: ["web ACL A, rule B: …"] }),
      ".local/endpoints.json",
    );

    expect(stream.text).toBe(`
invoke URL      http://127.0.0.1:3000/development
AWS endpoint    http://127.0.0.1:3000
inbox           http://127.0.0.1:3000/.inbox
endpoints file  .local/endpoints.json

MyUserPool1  ada@example.com  secret  us-east-1_a, client client
MyUserPool2  ada@example.com  secret  us-east-1_a, client client

login pages:
  MyUserPool1  http://127.0.0.1:3000/host/login
  MyUserPool2  http://127.0.0.1:3000/host/login

not enforced here:
  web ACL A, rule B: …

in another terminal:
  TOKEN=$(npm run --silent token -- --pool MyUserPool1)
  curl -X POST http://127.0.0.1:3000/development/lambda1 -H "Authorization: $TOKEN" \\
    -H 'Content-Type: application/json' -d '{"name":"Ada"}'
  npm run verify
  AWS_ENDPOINT_URL=http://127.0.0.1:3000 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\
    aws logs filter-log-events --log-group-name /aws/lambda/InternalLambda --region us-east-1

requests (Ctrl-C stops):
`);
  });

  it("names in its calls the file that it was told to write, as a shell's word, and what the environment adds", () => {
    const stream = new CapturedText();

    outputFor(stream, false, calls).started(servedWith({ suffix: "-staging" }), "/tmp/it's here.json");

    expect(stream.text).not.toContain("not enforced");
    expect(stream.text).toContain("--pool MyUserPool1 --endpoints '/tmp/it'\\''s here.json')");
    expect(stream.text).toContain("npm run verify -- --endpoints '/tmp/it'\\''s here.json'");
    expect(stream.text).toContain(
      "aws logs filter-log-events --log-group-name /aws/lambda/InternalLambda-staging ",
    );
  });

  it("leaves the calls out where no route takes a token of what is served", () => {
    const served = servedWith();
    const stream = new CapturedText();

    outputFor(stream, false, calls).started(
      { ...served, endpoints: { ...served.endpoints, userPools: [] } },
      "f",
    );

    expect(stream.text).not.toContain("in another terminal");
    expect(stream.lines.at(-1)).toBe("requests (Ctrl-C stops):");
  });
});

describe("what start prints for programs", () => {
  it("is one JSON object a line, whatever it tells of", () => {
    const stream = new CapturedText();
    const output = outputFor(stream, true, calls);
    const served = servedWith({ warnings: ["w"] });

    output.progress("synthesizing");
    output.started(served, "file");
    output.request({ ...line, path: "/a\n{}" });
    output.notice("two\nlines");

    expect(stream.lines.map((text): unknown => JSON.parse(text))).toEqual([
      { event: "progress", text: "synthesizing" },
      { event: "started", file: "file", endpoints: served.endpoints, warnings: ["w"] },
      { event: "request", ...line, path: "/a\n{}", at: line.at.toISOString() },
      { event: "notice", text: "two\nlines" },
    ]);
  });
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Endpoints, publishEndpoints, readEndpoints } from "../../../local/command/endpoints";
import { UserError } from "../../../local/kernel/user-error";

const endpoints: Endpoints = {
  pid: process.pid,
  invokeUrl: "http://127.0.0.1:3000/development",
  awsEndpointUrl: "http://127.0.0.1:3000",
  inboxUrl: "http://127.0.0.1:3000/.inbox",
  region: "us-east-1",
  userPools: [
    { name: "A", id: "us-east-1_a", clientId: "c", user: { email: "a@example.com", password: "p" } },
  ],
};
/** The id of a process that is certainly there, and one that is certainly not: Linux ends at 4,194,304. */
const running = { ...endpoints, pid: process.ppid, invokeUrl: "http://127.0.0.1:3001/development" };
const gone = { ...running, pid: 5_000_000 };

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "with a space "));
  file = path.join(folder, "deep", "endpoints.json");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(content: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

describe("the endpoints file", () => {
  it("is written into a folder that is created, readable for its owner only, and is gone at the end", () => {
    const published = publishEndpoints(file, endpoints);

    const [mode, read] = [statSync(file).mode & 0o777, readEndpoints(file)];
    published.withdraw();

    expect(mode).toBe(0o600);
    expect(read).toEqual(endpoints);
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  it("replaces what a runtime left behind that is gone, and does not bring it back", () => {
    put(JSON.stringify(gone));

    const published = publishEndpoints(file, endpoints);
    published.withdraw();

    expect(published.replaced).toBeUndefined();
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  it("goes back to a runtime that still runs", () => {
    put(JSON.stringify(running));

    const published = publishEndpoints(file, endpoints);
    const between = readEndpoints(file);
    published.withdraw();

    expect(published.replaced).toEqual(running);
    expect(between).toEqual(endpoints);
    expect(readEndpoints(file)).toEqual(running);
  });

  it("is left alone at the end where another runtime has written it since", () => {
    const published = publishEndpoints(file, endpoints);
    put(JSON.stringify(running));

    published.withdraw();

    expect(readEndpoints(file)).toEqual(running);
  });

  it("never follows a link that somebody laid where it is drafted", () => {
    const victim = path.join(folder, "victim");
    writeFileSync(victim, "precious");
    mkdirSync(path.dirname(file));
    symlinkSync(victim, `${file}.${process.pid}`);

    publishEndpoints(file, endpoints);

    expect(statSync(victim).size).toBe("precious".length);
    expect(readEndpoints(file)).toEqual(endpoints);
  });

  it.each([
    ["below a file", () => path.join(__filename, "endpoints.json"), "ENOTDIR"],
    ["where a folder is", () => folder, "EISDIR"],
    ["where nobody may write", () => "/proc/nowhere/endpoints.json", "ENOENT"],
  ])("is refused %s, in one line", (_where, place, code) => {
    expect(() => publishEndpoints(place(), endpoints)).toThrow(
      new UserError(`cannot write ${place()} (${code}): name another file with --endpoints-file`),
    );
  });

  it.each([
    ["half written", '{"pid": 7, "invo', "not JSON"],
    ["empty", "", "not JSON"],
    ["of another kind", "[]", 'pid: Invalid key: Expected "pid" but received undefined'],
    [
      "without the users",
      JSON.stringify({ ...endpoints, userPools: [{ name: "A", id: "a", clientId: "c" }] }),
      'userPools.0.user: Invalid key: Expected "user" but received undefined',
    ],
  ])("that is %s is refused by its readers, with what is wrong", (_what, content, why) => {
    put(content);

    expect(() => readEndpoints(file)).toThrow(
      new UserError(
        `${file} is not an endpoints file (${why}): start the local runtime again with npm start`,
      ),
    );
  });

  it("that is not there, or cannot be read, is told apart", () => {
    expect(() => readEndpoints(file)).toThrow(`${file} is not there: start the local runtime with npm start`);
    expect(() => readEndpoints(folder)).toThrow(new UserError(`cannot read ${folder}: EISDIR`));
  });
});

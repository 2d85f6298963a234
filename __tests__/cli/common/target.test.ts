import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  findUserPool,
  localTarget,
  nameAt,
  readTarget,
  requireCredentials,
  type Target,
} from "../../../cli/common/target";
import { UsageError, UserError } from "../../../local/kernel/user-error";

let project: string;

beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), "deployed from here "));
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

const context = () => ({ project, signal: new AbortController().signal });

const outputs = {
  environment: { value: "staging", type: "string" },
  invoke_url: { value: "https://abc.execute-api.eu-west-1.amazonaws.com/staging" },
  region: { value: "eu-west-1" },
  user_pools: { value: { MyUserPool1: { id: "eu-west-1_a", client_id: "c", login_page_url: "https://…" } } },
  function_log_groups: { value: { ExternalLambda1: "/aws/lambda/ExternalLambda1-staging" } },
  api_keys: { value: { partner: "the-key" }, sensitive: true },
};

function putState(environment: string, content: string): string {
  const folder = path.join(project, "state", environment);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "secure-edge.tfstate"), content);
  return path.join(folder, "secure-edge.tfstate");
}

function localWith(...poolNames: string[]): Target {
  return localTarget({
    ...{
      pid: 7,
      invokeUrl: "http://127.0.0.1:3000/staging",
      awsEndpointUrl: "http://127.0.0.1:3000",
      inboxUrl: "",
    },
    region: "us-east-1",
    userPools: poolNames.map((name) => {
      return { name, id: name, clientId: "c", user: { email: "a@example.com", password: "p" } };
    }),
  });
}

describe("the target", () => {
  it("is the environment that was deployed from here, by Terraform's outputs", async () => {
    putState("staging", JSON.stringify({ version: 4, outputs }));
    const ada = { email: "ada@example.com", password: "secret" };

    const target = await readTarget({ environment: "staging" }, context(), new Map([["MyUserPool1", ada]]));

    expect(target).toEqual({
      kind: "aws",
      invokeUrl: "https://abc.execute-api.eu-west-1.amazonaws.com/staging",
      region: "eu-west-1",
      affixes: { prefix: "", suffix: "-staging" },
      userPools: [
        { name: "MyUserPool1", id: "eu-west-1_a", clientId: "c", loginPageUrl: "https://…", user: ada },
      ],
      functions: ["ExternalLambda1"],
      apiKeys: ["the-key"],
    });
  });

  it.each([
    ["was never deployed", undefined, "(it has no state here): ENVIRONMENT=staging npm run deploy"],
    ["is destroyed", JSON.stringify({ outputs: {} }), "from this folder: ENVIRONMENT=staging npm run deploy"],
    [
      "has another one's state",
      JSON.stringify({ outputs: { ...outputs, environment: { value: "production" } } }),
      "from this folder: ENVIRONMENT=staging npm run deploy",
    ],
    ["has a broken state", '{"outputs": {', "move it away, and take over what exists"],
    ["has a state that is none", "[]", "from this folder: ENVIRONMENT=staging npm run deploy"],
  ])("is refused in one line where the environment %s", async (_what, state, message) => {
    if (state !== undefined) putState("staging", state);

    const read = readTarget({ environment: "staging" }, context());

    await expect(read).rejects.toThrow(UserError);
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.not.toThrow("\n");
  });

  it("is refused where a user is given for a pool that is not there", async () => {
    putState("staging", JSON.stringify({ outputs }));
    const users = new Map([["MyUserPool9", { email: "a", password: "b" }]]);

    await expect(readTarget({ environment: "staging" }, context(), users)).rejects.toThrow(
      "there is no user pool MyUserPool9; there are MyUserPool1",
    );
  });

  it("is one of the two, never both", async () => {
    await expect(readTarget({ environment: "staging", endpoints: "f" }, context())).rejects.toThrow(
      UsageError,
    );
  });
});

describe("a user pool", () => {
  const target = localWith("MyUserPool1-staging", "MyUserPool2-staging");

  it("goes by its name in the routes, and by the one that it has in the environment", () => {
    expect(nameAt(target, "ExternalLambda1")).toBe("ExternalLambda1-staging");
    expect(findUserPool(target, "MyUserPool2").id).toBe("MyUserPool2-staging");
    expect(findUserPool(target, "MyUserPool2-staging").id).toBe("MyUserPool2-staging");
  });

  it("goes by its name in the routes where every name has a prefix as well", () => {
    const prefixed = localWith("acme-eu-MyUserPool1", "acme-eu-MyUserPool2");

    expect(findUserPool(prefixed, "MyUserPool2").id).toBe("acme-eu-MyUserPool2");
    expect(nameAt(prefixed, "ExternalLambda1")).toBe("acme-eu-ExternalLambda1");
    expect(nameAt(localWith("Another"), "ExternalLambda1")).toBe("ExternalLambda1");
  });

  it("that is missing or unknown is told with those that there are", () => {
    const there = "there are MyUserPool1, MyUserPool2";

    expect(() => findUserPool(target, undefined)).toThrow(new UsageError(`--pool is missing; ${there}`));
    expect(() => findUserPool(target, "X")).toThrow(new UsageError(`there is no user pool X; ${there}`));
  });
});

describe("the credentials", () => {
  const [pool = { name: "", id: "", clientId: "" }] = localWith("MyUserPool1").userPools;

  it("are those of the user that npm start made, unless others are given", () => {
    const others = { email: "ada@example.com", password: "secret" };

    expect(requireCredentials(pool, {})).toEqual({ email: "a@example.com", password: "p" });
    expect(requireCredentials(pool, { password: "new" })).toEqual({
      email: "a@example.com",
      password: "new",
    });
    expect(requireCredentials(pool, others)).toEqual(others);
  });

  it("are never mixed: another user needs a password of its own", () => {
    expect(() => requireCredentials(pool, { email: "ada@example.com" })).toThrow("--password is missing");
    expect(() => requireCredentials({ name: "A", id: "a", clientId: "c" }, {})).toThrow(
      "--email and --password are missing",
    );
  });
});

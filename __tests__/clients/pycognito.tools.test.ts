import { spawnSync } from "node:child_process";
import { emailOf } from "../support/local-runtime";
import { useRuntime } from "../support/use-runtime";
import { useClient } from "./client-process";

/** `PYTHON` names an interpreter that has pycognito; the usual one has it where somebody installed it. */
const python = process.env.PYTHON ?? "python3";
const found = spawnSync(python, ["-c", "import importlib.metadata as m; print(m.version('pycognito'))"]);
const pycognito = found.status === 0 ? `pycognito ${String(found.stdout).trim()}` : undefined;

it(`is tried with ${pycognito ?? "no pycognito, which this machine's Python does not have"}`, () => {
  // Without it nothing below runs; the name of this test is where one reads it.
  expect(found.status === 0).toBe(pycognito !== undefined);
});

for (const name of pycognito === undefined ? [] : [pycognito])
  describe(`${name}, unmodified,`, () => {
    const test = useRuntime({
      edit: ({ edge }) => {
        edge.resource("aws_cognito_user_pool_client.MyUserPool1").explicit_auth_flows = [
          "ALLOW_USER_SRP_AUTH",
          "ALLOW_REFRESH_TOKEN_AUTH",
        ];
      },
    });
    const program = useClient(python, "pycognito_client.py", () => test);

    it("signs in by SRP, not with a wrong password, and refreshes", async () => {
      expect(await program.run("signIn")).toMatchObject({ email: emailOf("MyUserPool1") });
      expect(await program.run("signIn", { password: "wrong-Horse-7-battery" })).toMatchObject({
        error: "NotAuthorizedException",
      });
      expect(await program.run("refresh")).toEqual({ renewed: true });
    });
  });

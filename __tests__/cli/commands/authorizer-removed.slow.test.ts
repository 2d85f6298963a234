import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PROJECT } from "../../../cli/common/project";
import { readEndpoints } from "../../../local/command/endpoints";
import { loadSynthesized } from "../../../local/load";
import { startRuntime } from "../../../local/runtime";
import { eventually } from "../../support/eventually";
import { synthesizeToFolder } from "../../support/synthesized-folder";
import { beginWords, runWords } from "../support/run-words";

jest.setTimeout(60_000);

interface Json {
  [key: string]: Json;
}

const { folder, remove } = synthesizeToFolder();
const copies = mkdtempSync(path.join(tmpdir(), "edited stacks "));

afterAll(() => {
  remove();
  rmSync(copies, { recursive: true, force: true });
});

/** A copy of the synthesized folder with a changed secure-edge stack, as somebody would change it by hand. */
function edited(name: string, edit: (resource: Json) => void): string {
  const copy = path.join(copies, name);
  cpSync(folder, copy, { recursive: true });
  const file = path.join(copy, "stacks", "secure-edge", "cdk.tf.json");
  const stack: { resource: Json } = JSON.parse(readFileSync(file, "utf8"));
  edit(stack.resource);
  writeFileSync(file, JSON.stringify(stack));
  return copy;
}

function methodOf(resource: Json): Json {
  const method = resource.aws_api_gateway_method?.["POST-lambda1"];
  if (method === undefined) throw new Error("the stack has no method POST-lambda1");
  return method;
}

function deleteFrom(record: Json, ...keys: string[]): void {
  for (const key of keys) {
    if (record[key] === undefined) throw new Error(`${key} is not there to be deleted`);
    delete record[key];
  }
}

async function send(invokeUrl: string, target: string): Promise<string> {
  const answer = await fetch(`${invokeUrl}${target}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: '{"name": "Mallory"}',
  });
  return `${answer.status} ${await answer.text()}`;
}

/** What a request without a token gets of both routes, where the folder is served. */
async function answersOf(out: string): Promise<string[]> {
  const runtime = await startRuntime({ deployment: loadSynthesized(out), port: 0 });
  try {
    const [invokeUrl = ""] = runtime.invokeUrls;
    return [await send(invokeUrl, "/lambda1"), await send(invokeUrl, "/lambda2")];
  } finally {
    await runtime.close();
  }
}

const LET_IN = /^200 .*Hello Mallory\. Greetings from ExternalLambda1!/;
const REFUSED = '401 {"message":"Unauthorized"}';

describe("an authorizer that is taken out of the synthesized JSON", () => {
  it("lets a request without a token through in npm start -- --out", async () => {
    const out = edited("as the README says", (resource) =>
      deleteFrom(methodOf(resource), "authorization", "authorizer_id"),
    );
    const file = path.join(copies, "endpoints.json");
    const words = ["start", "--out", out, "--port", "0", "--endpoints-file", file];
    const { stdout, stop } = beginWords(words, { project: PROJECT });

    const { invokeUrl } = await eventually(() => (existsSync(file) ? readEndpoints(file) : undefined));
    const answers = [await send(invokeUrl, "/lambda1"), await send(invokeUrl, "/lambda2")];
    await stop();

    expect(answers).toEqual([expect.stringMatching(LET_IN), REFUSED]);
    expect(stdout.text).toContain("200  function: ExternalLambda1");
  });

  it("refuses the same request where nothing is taken out", async () => {
    const out = edited("as it was", () => {});

    expect(await answersOf(out)).toEqual([REFUSED, REFUSED]);
  });

  it("lets it through where the method says NONE", async () => {
    const out = edited("none", (resource) => {
      Object.assign(methodOf(resource), { authorization: "NONE" });
      deleteFrom(methodOf(resource), "authorizer_id");
    });

    const [first, second] = await answersOf(out);

    expect(first).toMatch(LET_IN);
    expect(second).toBe(REFUSED);
  });

  it("lets it through where the authorizer itself is gone, though the deployment still depends on it", async () => {
    const out = edited("gone", (resource) => {
      deleteFrom(resource.aws_api_gateway_authorizer ?? {}, "AGAuthorizer1");
      deleteFrom(methodOf(resource), "authorization", "authorizer_id");
    });

    const [first, second] = await answersOf(out);

    expect(readFileSync(path.join(out, "stacks/secure-edge/cdk.tf.json"), "utf8")).toContain(
      '"depends_on":["aws_api_gateway_model.Name","aws_api_gateway_model.Greeting","aws_api_gateway_request_validator.api","aws_api_gateway_authorizer.AGAuthorizer1"',
    );
    expect(first).toMatch(LET_IN);
    expect(second).toBe(REFUSED);
  });

  it("stops the start where the method still asks for one, as AWS would, and says how to let anybody in", async () => {
    const out = edited("only the id", (resource) => deleteFrom(methodOf(resource), "authorizer_id"));

    await expect(answersOf(out)).rejects.toThrow(
      'aws_api_gateway_method.POST-lambda1: authorizer_id must be the id of an authorizer of the same API and of the type COGNITO_USER_POOLS (for a method that anybody may call, set authorization to "NONE"), received nothing',
    );
  });

  it("stops the start where the method names one without saying that it is asked", async () => {
    const out = edited("only the type", (resource) => deleteFrom(methodOf(resource), "authorization"));

    await expect(answersOf(out)).rejects.toThrow(
      "aws_api_gateway_method.POST-lambda1: authorization must be a string, received nothing",
    );
  });

  it("stops the start where the method still refers to it, naming both addresses", async () => {
    const out = edited("dangling", (resource) =>
      deleteFrom(resource.aws_api_gateway_authorizer ?? {}, "AGAuthorizer1"),
    );

    const refused = await runWords(["start", "--out", out, "--port", "0"], { project: PROJECT });

    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /^error: aws_api_gateway_method\.POST-lambda1 \(stack secure-edge\): refers to aws_api_gateway_authorizer\.AGAuthorizer1, which stack secure-edge does not declare.*\n$/,
    );
  });
});

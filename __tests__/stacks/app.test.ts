import { inventory } from "../support/inventory";
import type { StackJson } from "./support/stack-json";
import { synthesizeApp } from "./support/synthesized-app";

const app = synthesizeApp();

describe("the app", () => {
  it("keeps its state addresses, because a changed one destroys the resource and creates another", () => {
    expect(app.messaging.addresses).toEqual(inventory["shared-messaging"]);
    expect(app.edge.addresses).toEqual([...inventory["secure-edge"]].sort());
  });

  it("has no address with a generated hash in it", () => {
    const names = [...app.messaging.addresses, ...app.edge.addresses].map((address) =>
      address.split(".").at(-1),
    );

    for (const name of names) expect(name).not.toMatch(/_?[0-9A-F]{8}$/);
  });

  it.each([
    ["shared-messaging", app.messaging],
    ["secure-edge", app.edge],
  ])("refers in %s to nothing that is not there", (_name, stack) => {
    expect(referencesOf(stack).length).toBeGreaterThan(10);
    expect(danglingReferences(stack)).toEqual([]);
  });

  it("joins the stacks by outputs that the first one has", () => {
    const used = [...app.edge.text.matchAll(/terraform_remote_state\.[\w-]+\.outputs\.([\w-]+)/g)].map(
      ([, name]) => name,
    );

    expect(new Set(used).size).toBe(2);
    for (const name of used) expect(app.messaging.json.output).toHaveProperty([String(name)]);
  });

  it("reads the other stack's state where that stack keeps it", () => {
    const backend = (stack: StackJson) => JSON.stringify(stack.json.terraform);

    expect(backend(app.messaging)).toContain('"path":"../../../state/development/shared-messaging.tfstate"');
    expect(JSON.stringify(app.edge.json.data)).toContain(
      '"path":"../../../state/development/shared-messaging.tfstate"',
    );
  });

  it("describes every output", () => {
    const outputs = { ...app.messaging.outputs, ...app.edge.outputs };

    expect(Object.keys(outputs).sort()).toEqual([
      "access_log_group",
      "dead_letter_queue_url",
      "environment",
      "function_log_groups",
      "internal_log_group",
      "invoke_url",
      "region",
      "rest_api_id",
      "topic_arn",
      "user_pools",
      "web_acl_arn",
    ]);
    for (const output of Object.values(outputs))
      expect(output.description).toEqual(expect.stringMatching(/\w{3}/));
  });

  it.each([
    ["in another environment", { ENVIRONMENT: "staging" }],
    ["with a prefix", { NAME_PREFIX: "acme" }],
  ])("has other physical names %s, so that two deployments fit into one account", (_where, env) => {
    const staging = synthesizeApp(env);

    const names = (stack: StackJson) =>
      [...stack.text.matchAll(/"(?:name|function_name)": "([^"$]+)"/g)].map(([, name]) => String(name));
    const own = names(app.edge).concat(names(app.messaging));
    const shared = names(staging.edge)
      .concat(names(staging.messaging))
      .filter((name) => own.includes(name));

    // Names inside the API, its web ACL or a user pool, which are the environment's own already.
    expect(new Set(shared)).toEqual(
      new Set([
        "AGAuthorizer1",
        "AGAuthorizer2",
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "Greeting",
        "LargeBody",
        "MyUserPool1-client",
        "MyUserPool2-client",
        "Name",
        "RateLimit",
        "SourceIp",
        "body-and-parameters",
        "verified_email",
      ]),
    );
  });

  it("keeps the state in S3 with a lock file when a bucket is set", () => {
    const { messaging, edge } = synthesizeApp({ STATE_BUCKET: "my-state", AWS_REGION: "eu-central-1" });

    expect(messaging.json.terraform).toMatchObject({
      backend: {
        s3: {
          bucket: "my-state",
          key: "secure-lambda/development/eu-central-1/shared-messaging.tfstate",
          region: "eu-central-1",
          encrypt: true,
          use_lockfile: true,
        },
      },
    });
    expect(JSON.stringify(edge.json.data)).toContain(
      '"key":"secure-lambda/development/eu-central-1/shared-messaging.tfstate"',
    );
  });

  it.each([
    [
      "what the account runs at once is less than the methods let in",
      { LAMBDA_CONCURRENCY: "99" },
      ["100 requests at once"],
    ],
    [
      "more calls come in a second than Lambda takes",
      { LAMBDA_CONCURRENCY: "100", THROTTLE_RATE: "501" },
      ["1002 a second"],
    ],
    [
      "the account runs as much as the methods let in",
      { LAMBDA_CONCURRENCY: "100", THROTTLE_RATE: "500" },
      [],
    ],
    ["nothing is said about the account", {}, []],
  ])("warns where %s", (_what, env, warnings) => {
    const found = synthesizeApp(env).edgeWarnings;

    expect(found).toEqual(warnings.map((part) => expect.stringContaining(part)));
  });
});

/** `aws_sns_topic.LambdaSNSTopic` for each reference in the stack's JSON, of a resource or a data source; what Terraform is to forget is none. */
function referencesOf({ json: { removed: _, ...kept } }: StackJson): string[] {
  const text = JSON.stringify(kept);
  const inTemplates = [...text.matchAll(/\$\{([^}]+)\}/g)].map(([, expression]) => String(expression));
  const inLists = [...text.matchAll(/"((?:data\.)?aws_[a-z0-9_]+\.[\w-]+)"/g)].map(([, address]) =>
    String(address),
  );
  return inTemplates
    .concat(inLists)
    .flatMap((expression) => expression.match(/^(data\.\w+\.[\w-]+|[a-z]\w+\.[\w-]+)/)?.[0] ?? [])
    .filter((address) => !address.startsWith("terraform."));
}

function danglingReferences(stack: StackJson): string[] {
  return referencesOf(stack).filter((address) => !stack.addresses.includes(address));
}

import { Resource } from "../../../local/deployment/deployment";
import { Ledger } from "../../../local/deployment/ledger";
import { inert, refused, served } from "../../../local/deployment/resource-type";
import { ledger as realLedger } from "../../../local/load";
import { deploymentOf, resourceAt, type Values } from "../../support/deployment";
import { startTestRuntime } from "../../support/local-runtime";
import { synthesizedDeployment } from "../../support/synthesized-folder";

const ledger = new Ledger([
  served("aws_queue_alias", { parent: { attribute: "queue", type: "aws_queue" } }),
  served("aws_queue", {
    inert: { note: "for people" },
    notEnforced: { encryption: "nothing is encrypted here", "rule.quality": "rules have one quality here" },
    shown: ["label"],
    providerOnly: ["created"],
    defaults: { class: "STANDARD", retries: 3, enabled: true, tier: "BASIC" },
  }),
  inert("aws_alarm", "no alarm goes off", { named: true }),
  inert("aws_folder", "a name alone"),
  refused("aws_door", "it is a second way in"),
]);

/** As a stack wrote it: a state has no `given`. */
const written = (address: string, values: Values) =>
  new Resource("stack", address, address.split(".")[0] ?? "", values, values);

const unread = (resource: Resource) => {
  try {
    ledger.requireEverythingRead(deploymentOf(resource));
    return [];
  } catch (error) {
    return String(error instanceof Error ? error.message : error).split("\n");
  }
};

describe("a resource type", () => {
  it("of a service that is served, which nobody knows, stops the start, with the address and the remedy", () => {
    expect(() => ledger.requireAcceptable(deploymentOf(resourceAt("aws_lambda_door.D", {})))).toThrow(
      "aws_lambda_door.D (stack secure-edge): the local runtime does not know aws_lambda_door, and cannot tell what it changes for a client; take it out of what is served",
    );
  });

  it("of the provider awscc is as little known", () => {
    expect(() => ledger.requireAcceptable(deploymentOf(resourceAt("awscc_lambda_url.D", {})))).toThrow(
      "the local runtime does not know awscc_lambda_url",
    );
  });

  it.each([
    "aws_apigatewayv2_something_new",
    "aws_appsync_graphql_api",
    "aws_cloudfront_distribution",
    "aws_lb_listener",
    "aws_wafregional_web_acl_association",
    "awscc_apigatewayv2_api",
  ])("that opens or closes another door stops the start: %s", (type) => {
    const start = () => ledger.requireAcceptable(deploymentOf(resourceAt(`${type}.D`, {})));

    expect(start).toThrow(
      `${type}.D (stack secure-edge): ${type} is not served by the local runtime: on AWS `,
    );
  });

  it("of another service or provider is named in one line, and what calls functions in another", () => {
    const deployment = deploymentOf(
      { "aws_dynamodb_table.A": {}, "aws_dynamodb_table.B": {}, "random_password.P": {} },
      { "aws_scheduler_schedule.S": {}, "aws_s3_bucket_notification.N": {} },
      new Resource("secure-edge", "data.aws_lb.L", "data.aws_lb", {}),
    );

    ledger.requireAcceptable(deployment);
    ledger.requireEverythingRead(deployment);

    expect(ledger.notEnforced(deployment)).toEqual([
      "aws_s3_bucket_notification, aws_scheduler_schedule: AWS calls functions for them, and nothing does here",
      "aws_dynamodb_table (2), data.aws_lb, random_password: nothing here answers in their place",
    ]);
  });

  it("that is refused says what it does on AWS", () => {
    expect(() => ledger.requireAcceptable(deploymentOf(resourceAt("aws_door.D", {})))).toThrow(
      "aws_door.D (stack secure-edge): aws_door is not served by the local runtime: on AWS it is a second way in",
    );
  });

  it("that is inert or served does not, and every problem is named at once", () => {
    const deployment = deploymentOf(
      { "aws_queue.Q": {}, "aws_alarm.A": {}, "aws_folder.F": {} },
      { "aws_door.D": {}, "aws_door.E": {} },
    );

    expect(() => ledger.requireAcceptable(deployment)).toThrow(/aws_door\.D.*\n.*aws_door\.E/);
  });
});

describe("an attribute that a stack sets", () => {
  it("and that nothing read stops the start, with the address, the value and the remedy", () => {
    expect(unread(written("aws_queue.Q", { retention: 60 }))).toEqual([
      "aws_queue.Q (stack stack): retention is set, received 60, and nothing in the local runtime reads it; take it out of what is served",
    ]);
  });

  it("counts as read by every kind of reader", () => {
    const queue = written("aws_queue.Q", {
      ...{ text: "a", number: 1, flag: true, list: ["a"], map: { a: "b" }, any: [1] },
    });

    queue.string("text");
    queue.number("number");
    queue.boolean("flag");
    queue.strings("list");
    queue.stringMap("map");
    queue.value("any");

    expect(unread(queue)).toEqual([]);
  });

  it("in a block is a matter of its own: to open the block is not to read it", () => {
    const queue = written("aws_queue.Q", { rule: [{ name: "a", weight: 1 }, { name: "b" }] });

    for (const rule of queue.blocks("rule")) rule.string("name");

    expect(unread(queue)).toEqual([
      "aws_queue.Q (stack stack): rule.weight is set, received 1, and nothing in the local runtime reads it; take it out of what is served",
    ]);
  });

  it("is not read by a look at whether its block is there", () => {
    const queue = written("aws_queue.Q", { rule: [{ name: "a" }] });

    expect(queue.has("rule")).toBe(true);

    expect(unread(queue)).toHaveLength(1);
  });

  it.each(["note", "encryption", "label", "tags", "timeouts"])(
    "may be %s, which the type or all types name",
    (name) => {
      expect(unread(written("aws_queue.Q", { [name]: "x" }))).toEqual([]);
    },
  );

  it("may have the provider's default, and no other value; false and 0 are values", () => {
    expect(unread(written("aws_queue.Q", { class: "STANDARD", retries: 3 }))).toEqual([]);
    expect(unread(written("aws_queue.Q", { class: "RARE" }))).toHaveLength(1);
    expect(unread(written("aws_queue.Q", { retries: 0, enabled: false }))).toHaveLength(2);
  });

  it("is not a computed one: what the provider adds to a stack's own is not set", () => {
    const values = { created: "today", arn: "arn", odd: 1 };

    expect(unread(new Resource("stack", "aws_queue.Q", "aws_queue", values, {}))).toEqual([]);
  });
});

describe("an attribute in a state, which does not tell what was set", () => {
  it.each([null, "", 0, false, [], {}, [""]])("counts as not set when it is %j", (value) => {
    expect(unread(resourceAt("aws_queue.Q", { odd: value }))).toEqual([]);
  });

  it("counts as set otherwise, and where the provider's default is not 0 or false", () => {
    expect(unread(resourceAt("aws_queue.Q", { odd: 5 }))).toHaveLength(1);
    expect(unread(resourceAt("aws_queue.Q", { enabled: false, retries: 0 }))).toHaveLength(2);
    expect(unread(resourceAt("aws_queue.Q", { tier: "", class: "STANDARD" }))).toEqual([]);
  });

  it("may be one that only the provider sets", () => {
    expect(
      unread(resourceAt("aws_queue.Q", { created: "today", arn: "a", id: "b", tags_all: { a: "b" } })),
    ).toEqual([]);
  });
});

describe("what is not enforced", () => {
  it("is named once for resources of one type and reason, and only where it is set", () => {
    const deployment = deploymentOf(
      { "aws_alarm.A": {}, "aws_alarm.B": {}, "aws_alarm.C": {}, "aws_folder.F": {} },
      { "aws_queue.Q": { encryption: "key", rule: [{ quality: 2 }] }, "aws_queue.R": { encryption: "" } },
    );

    expect(ledger.notEnforced(deployment)).toEqual([
      "aws_alarm.A and 2 more of its type: no alarm goes off",
      "aws_queue.Q: encryption: nothing is encrypted here",
      "aws_queue.Q: rule.quality: rules have one quality here",
    ]);
  });
});

describe("the stacks", () => {
  const addTo = (address: string, body: Values) =>
    synthesizedDeployment({ edit: ({ edge }) => edge.add(address, body) });

  it.each<[address: string, body: Values, what: string]>([
    [
      "aws_lambda_function_url.open",
      { function_name: "ExternalLambda1", authorization_type: "NONE" },
      "an address of its own for the function, past web ACL, authorizer, throttle and validation",
    ],
    ["aws_apigatewayv2_api.second", { name: "a", protocol_type: "HTTP" }, "a second API"],
    ["aws_api_gateway_vpc_link.link", { name: "l", target_arns: ["arn"] }, "reach into a VPC"],
    ["aws_cognito_identity_provider.saml", { provider_name: "p", provider_type: "SAML" }, "another provider"],
    ["aws_cognito_made_up.anything", { name: "x" }, "does not know aws_cognito_made_up"],
  ])("do not start with %s", (address, body, what) => {
    const start = () => realLedger.requireAcceptable(addTo(address, body));

    expect(start).toThrow(address);
    expect(start).toThrow(what);
  });

  it("do not start with a private endpoint, which AWS does not let anybody reach from outside", async () => {
    const start = startTestRuntime({
      edit: ({ edge }) => {
        edge.resource("aws_api_gateway_rest_api.api").endpoint_configuration = { types: ["PRIVATE"] };
      },
    });

    await expect(start).rejects.toThrow("endpoint_configuration[0]: types must be");
  });

  it("say at start that an API without a stage has no address", async () => {
    const { runtime, close } = await startTestRuntime({
      edit: ({ edge }) => {
        edge.add("aws_api_gateway_rest_api.spare", { name: "Spare" });
      },
    });
    await close();

    expect(runtime.warnings).toContain(
      "aws_api_gateway_rest_api.spare: the API has no stage, so nobody can call it; add an aws_api_gateway_stage",
    );
  });
});

describe("what completes another resource", () => {
  const alias = (queue: string) => resourceAt("aws_queue_alias.A", { queue });
  const queue = resourceAt("aws_queue.Q", { id: "url-of-q", arn: "arn:q", name: "q" });

  it("is named at start where the deployment does not have that one", () => {
    expect(ledger.notEnforced(deploymentOf(queue, alias("another")))).toEqual([
      "aws_queue_alias.A: queue: it names no aws_queue of the deployment, so it has no effect here",
    ]);
  });

  it.each(["url-of-q", "arn:q", "q"])("is not, whether it names it by id, ARN or name: %s", (name) => {
    expect(ledger.notEnforced(deploymentOf(queue, alias(name)))).toEqual([]);
  });
});

describe("a tag with the prefix that is AWS's own", () => {
  const tagged = (key: string) =>
    deploymentOf(resourceAt("aws_sns_topic.T", { name: "T", tags: { [key]: "a" } }));

  it("is left out by the provider where it is in lower case, and the start says so", () => {
    expect(() => realLedger.requireAcceptable(tagged("aws:team"))).not.toThrow();
    expect(realLedger.notEnforced(tagged("aws:team"))).toEqual([
      "aws_sns_topic.T: tags: Terraform's provider leaves out aws:team, because the prefix aws: is AWS's own",
    ]);
  });

  it("is refused in any other letter case", () => {
    expect(() => realLedger.requireAcceptable(tagged("AWS:team"))).toThrow(
      "aws_sns_topic.T (stack secure-edge): AWS refuses the tag AWS:team: it reserves the prefix aws:, in any letter case",
    );
    expect(() => realLedger.requireAcceptable(tagged("awsteam"))).not.toThrow();
  });
});

import { ledger, loadSynthesized } from "../../../local/load";
import { removeSynthesizedFolders, stackJson, synthesizedFolder } from "./synthesized-app";

/** Resources of services that are not served: what refers to them gets a value of the right form. */

afterEach(removeSynthesizedFolders);

function outputs(resource: object, references: Readonly<Record<string, string>>, data: object = {}) {
  const output = Object.fromEntries(Object.entries(references).map(([name, value]) => [name, { value }]));
  const folder = synthesizedFolder({ only: stackJson({ resource, data, output }) });
  return loadSynthesized(folder).outputs.only;
}

describe("an attribute of a resource that no service here serves", () => {
  it("is what the stack wrote, where it did", () => {
    const resource = { aws_dynamodb_table: { Orders: { name: "Orders", hash_key: "id" } } };

    expect(outputs(resource, { key: "${aws_dynamodb_table.Orders.hash_key}" })).toEqual({ key: "id" });
  });

  it.each<[reference: string, form: RegExp]>([
    ["aws_dynamodb_table.T.arn", /^arn:aws:dynamodb:eu-west-1:123456789012:table\/Orders$/],
    ["aws_dynamodb_table.T.stream_arn", /^arn:aws:dynamodb:eu-west-1:123456789012:table\/Orders$/],
    ["aws_dynamodb_table.T.id", /^Orders$/],
    ["aws_s3_bucket.B.arn", /^arn:aws:s3:::my-bucket$/],
    ["aws_s3_bucket.B.bucket_domain_name", /^[a-z0-9]{17}\.s3\.eu-west-1\.amazonaws\.com$/],
    ["aws_vpc.V.id", /^[a-z0-9]{17}$/],
    ["aws_sfn_state_machine.M.arn", /^arn:aws:sfn:eu-west-1:123456789012:state-machine\/[a-z0-9]{17}$/],
    ["random_password.P.result", /^[a-z0-9]{17}$/],
  ])("is of the form that AWS gives it: %s", (reference, form) => {
    const resource = {
      aws_dynamodb_table: { T: { name: "Orders" } },
      aws_s3_bucket: { B: { bucket: "my-bucket" } },
      aws_vpc: { V: {} },
      aws_sfn_state_machine: { M: {} },
      random_password: { P: { length: 20 } },
    };

    const [first, second] = [1, 2].map(() => outputs(resource, { value: `\${${reference}}` }));

    expect(first?.value).toMatch(form);
    expect(second).toEqual(first);
  });

  it("is a list where its name is a plural of ids, names or ARNs", () => {
    const data = { aws_subnets: { S: {} }, aws_availability_zones: { Z: {} } };

    expect(
      outputs(
        {},
        { subnet: "${data.aws_subnets.S.ids[0]}", zone: "${data.aws_availability_zones.Z.names[0]}" },
        data,
      ),
    ).toEqual({ subnet: expect.stringMatching(/^[a-z0-9]{17}$/), zone: expect.any(String) });
  });

  it("does not stop a function that is given it, and the start names its type", () => {
    const folder = synthesizedFolder({
      only: stackJson({
        resource: {
          aws_dynamodb_table: { Orders: { name: "Orders" } },
          aws_sns_topic: { T: { name: "T", display_name: "${aws_dynamodb_table.Orders.arn}" } },
        },
      }),
    });
    const deployment = loadSynthesized(folder);

    ledger.requireAcceptable(deployment);

    expect(ledger.notEnforced(deployment)).toContain(
      "aws_dynamodb_table: nothing here answers in their place",
    );
  });
});

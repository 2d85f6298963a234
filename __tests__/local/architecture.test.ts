import { type Architecture, architectureOf, toMermaid } from "../../local/architecture";
import { type FolderOptions, synthesizedDeployment } from "../support/synthesized-folder";

const draw = (options?: FolderOptions): Architecture => architectureOf(synthesizedDeployment(options));

const named = ({ parts, connections }: Architecture) => {
  const names = new Map(parts.map(({ id, name }) => [id, name]));
  return connections.map(({ from, to }) => `${names.get(from)} → ${names.get(to)}`);
};

describe("the picture of a deployment", () => {
  it("leads a request from the client to the log, in AWS's order", () => {
    expect(named(draw())).toEqual(
      expect.arrayContaining([
        "client → SecureLambdaWebACL",
        "SecureLambdaWebACL → stage development",
        "stage development → POST /lambda1",
        "POST /lambda1 → MyUserPool1",
        "POST /lambda1 → ExternalLambda1",
        "ExternalLambda1 → LambdaSNSTopicARN",
        "ExternalLambda1 → LambdaSNSTopic",
        "LambdaSNSTopic → InternalLambda",
        "LambdaSNSTopic → InternalLambdaDLQ",
        "InternalLambda → CloudWatch Logs",
      ]),
    );
  });

  it("leads from a queue to the function that its messages trigger, whatever the mapping calls it", () => {
    const edit: FolderOptions["edit"] = ({ messaging }) => {
      const arn = "${aws_lambda_function.InternalLambda.arn}";
      for (const [id, function_name] of Object.entries({ A: arn, B: `${arn}:live`, C: "InternalLambda" })) {
        messaging.add(`aws_sqs_queue.${id}`, { name: id });
        const event_source_arn = `\${aws_sqs_queue.${id}.arn}`;
        messaging.add(`aws_lambda_event_source_mapping.${id}`, { event_source_arn, function_name });
      }
    };

    expect(named(draw({ edit }))).toEqual(
      expect.arrayContaining(["A → InternalLambda", "B → InternalLambda", "C → InternalLambda"]),
    );
  });

  it("shows a stage without a web ACL, and a method without an authorizer, as open as they are", () => {
    const open = draw({
      edit: ({ edge }) => {
        edge.remove("aws_wafv2_web_acl_association.stage");
        const method = edge.resource("aws_api_gateway_method.POST-lambda1");
        delete method.authorization;
        delete method.authorizer_id;
      },
    });

    expect(named(open)).toContain("client → stage development");
    expect(named(open)).not.toContain("POST /lambda1 → MyUserPool1");
    expect(named(open)).toContain("POST /lambda2 → MyUserPool2");
    expect(open.parts.map(({ name }) => name)).not.toContain("SecureLambdaWebACL");
  });

  it("has no part that nothing leads to", () => {
    const { parts, connections } = draw();

    for (const { id } of parts)
      expect(connections.some(({ from, to }) => from === id || to === id)).toBe(true);
  });

  it("is a Mermaid flowchart with one line a part and one a connection", () => {
    const architecture = draw();

    const [first, ...lines] = toMermaid(architecture).split("\n");

    expect(first).toBe("flowchart LR");
    expect(lines).toHaveLength(architecture.parts.length + architecture.connections.length);
  });
});

import { loadSynthesized } from "../../../local/load";
import { removeSynthesizedFolders, stackJson, synthesizedFolder } from "./synthesized-app";

afterEach(removeSynthesizedFolders);

const documentOf = (body: Record<string, unknown>) => {
  const stack = stackJson({ data: { aws_iam_policy_document: { D: body } } });
  return loadSynthesized(synthesizedFolder({ only: stack })).resources[0];
};

// The expected texts are what AWS provider 5.100.0 rendered from the same documents.
describe("the JSON of an IAM policy document", () => {
  it("is byte for byte the provider's", () => {
    const document = documentOf({
      policy_id: "pid",
      statement: [
        {
          sid: "S",
          actions: ["sns:Publish", "sns:A", "zns:B"],
          resources: ["arn:aws:sns:x", "arn:aws:sns:a&{aws:username}/<>"],
          condition: [
            { test: "StringEquals", variable: "aws:z", values: ["b", "a"] },
            { test: "ArnLike", variable: "aws:y", values: ["b"] },
            { test: "StringEquals", variable: "aws:b", values: ["q"] },
          ],
          principals: [
            { type: "Service", identifiers: ["b.amazonaws.com", "a.amazonaws.com"] },
            { type: "AWS", identifiers: ["*"] },
          ],
        },
        {
          effect: "Deny",
          not_actions: ["x:y"],
          not_resources: ["r"],
          principals: [{ type: "*", identifiers: ["*"] }],
        },
        { actions: ["a:b"], resources: ["*"], not_principals: [{ type: "AWS", identifiers: ["a"] }] },
      ],
    });

    expect(document?.string("minified_json")).toBe(
      '{"Version":"2012-10-17","Id":"pid","Statement":[{"Sid":"S","Effect":"Allow","Action":["zns:B","sns:Publish","sns:A"],"Resource":["arn:aws:sns:x","arn:aws:sns:a${aws:username}/\\u003c\\u003e"],"Principal":{"AWS":"*","Service":["b.amazonaws.com","a.amazonaws.com"]},"Condition":{"ArnLike":{"aws:y":"b"},"StringEquals":{"aws:b":"q","aws:z":["b","a"]}}},{"Effect":"Deny","NotAction":"x:y","NotResource":"r","Principal":"*"},{"Effect":"Allow","Action":"a:b","Resource":"*","NotPrincipal":{"AWS":"a"}}]}',
    );
  });

  it("is indented as the provider's", () => {
    const document = documentOf({
      statement: { actions: ["a:b", "a:c"], principals: { type: "Service", identifiers: ["x"] } },
    });

    expect(document?.string("json")).toBe(
      [
        "{",
        '  "Version": "2012-10-17",',
        '  "Statement": [',
        "    {",
        '      "Effect": "Allow",',
        '      "Action": [',
        '        "a:c",',
        '        "a:b"',
        "      ],",
        '      "Principal": {',
        '        "Service": "x"',
        "      }",
        "    }",
        "  ]",
        "}",
      ].join("\n"),
    );
  });

  it("has no statements where there are none", () => {
    expect(documentOf({})?.string("json")).toBe('{\n  "Version": "2012-10-17"\n}');
  });
});

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

describe("documents that are merged", () => {
  const statement = (members: object) => JSON.stringify({ Statement: [members] });
  const first = {
    policy_id: "first",
    version: "2008-10-17",
    statement: [
      { sid: "Same", actions: ["sns:Publish"], resources: ["a"] },
      { actions: ["x:y"], resources: ["*"] },
    ],
  };

  it("are byte for byte the provider's: sources, own statements, overrides", () => {
    const second = {
      Version: "2012-10-17",
      Id: "second",
      Unknown: 1,
      Statement: [
        {
          Sid: "Kept",
          Effect: "Allow",
          Action: ["a:b", "a:c"],
          Resource: ["r"],
          Other: 2,
          Principal: { Service: ["a", "c", "b"], AWS: ["x"] },
          Condition: {
            StringLike: { z: ["2", "1"], y: ["one"] },
            Bool: { "aws:SecureTransport": true },
          },
        },
        { Sid: "", Effect: "Deny", NotAction: "*", NotResource: "*", Principal: "*" },
      ],
    };
    const override = {
      Statement: [
        { Sid: "Mine", Effect: "Deny", Action: "o:p", Resource: "*" },
        { Sid: "New", Effect: "Allow", Action: "q:r", Resource: "*", NotPrincipal: { AWS: "y" } },
      ],
    };
    const D = {
      source_policy_documents: ["${data.aws_iam_policy_document.First.json}", JSON.stringify(second)],
      statement: [
        { sid: "Same", effect: "Deny", actions: ["sns:*"], resources: ["b"] },
        { sid: "Mine", actions: ["m:n"], resources: ["*"] },
      ],
      override_policy_documents: [JSON.stringify(override)],
    };
    const stack = stackJson({ data: { aws_iam_policy_document: { First: first, D } } });
    const { resources } = loadSynthesized(synthesizedFolder({ only: stack }));

    expect(resources.find(({ address }) => address.endsWith(".D"))?.string("minified_json")).toBe(
      '{"Version":"2012-10-17","Id":"second","Statement":[{"Sid":"Same","Effect":"Deny","Action":"sns:*","Resource":"b"},{"Effect":"Allow","Action":"x:y","Resource":"*"},{"Sid":"Kept","Effect":"Allow","Action":["a:b","a:c"],"Resource":["r"],"Principal":{"AWS":["x"],"Service":["c","b","a"]},"Condition":{"Bool":{"aws:SecureTransport":"true"},"StringLike":{"y":"one","z":["2","1"]}}},{"Effect":"Deny","NotAction":"*","NotResource":"*","Principal":"*"},{"Sid":"Mine","Effect":"Deny","Action":"o:p","Resource":"*"},{"Sid":"New","Effect":"Allow","Action":"q:r","Resource":"*","NotPrincipal":{"AWS":"y"}}]}',
    );
  });

  it("keep their own version where no source has a higher one", () => {
    const document = documentOf({
      source_policy_documents: ['{"Statement":[]}'],
      version: "2008-10-17",
    });

    expect(document?.string("minified_json")).toBe('{"Version":"2008-10-17"}');
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { source_policy_documents: [statement({ Sid: "A" }), statement({ Sid: "A" })] },
      "source_policy_documents has the Sid A twice, and Terraform refuses it",
    ],
    [{ source_policy_documents: ["{"] }, "must be a list of policy documents in JSON"],
    [{ override_policy_documents: ['{"Statement":{}}'] }, "each with a list of statements"],
    [
      { override_policy_documents: [statement({ Condition: { NumericLessThan: { a: 1 } } })] },
      "must be conditions whose values are texts",
    ],
    [{ source_json: "{}" }, "use source_policy_documents"],
  ])("stop the start where Terraform refuses them, or drops a condition: %j", (body, reason) => {
    expect(() => documentOf(body)).toThrow(reason);
  });
});

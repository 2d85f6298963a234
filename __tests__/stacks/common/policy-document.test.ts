import { denyWithoutTls, policyDocument, trustPolicy } from "../../../stacks/common/policy-document";

describe("a policy document", () => {
  it("allows where a statement says nothing else", () => {
    const document = policyDocument({ Sid: "Read", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" });

    expect(JSON.parse(document)).toEqual({
      Version: "2012-10-17",
      Statement: [{ Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" }],
    });
  });

  it("denies where a statement says so", () => {
    const document = policyDocument(
      denyWithoutTls("sns:Publish", "arn:aws:sns:us-east-1:123456789012:names"),
    );

    expect(JSON.parse(document).Statement).toEqual([
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: "arn:aws:sns:us-east-1:123456789012:names",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("lets one service, and nobody else, take a role on", () => {
    expect(JSON.parse(trustPolicy("lambda.amazonaws.com")).Statement).toEqual([
      {
        Sid: "Service",
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    ]);
  });
});

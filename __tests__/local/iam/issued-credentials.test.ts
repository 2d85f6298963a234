import { IssuedCredentials } from "../../../local/iam/issued-credentials";

const roleArn = "arn:aws:iam::123456789012:role/service/R";

describe("IssuedCredentials", () => {
  test("issues temporary credentials of AWS's form", () => {
    const issued = new IssuedCredentials({ region: "us-east-1", accountId: "123456789012" }).issue(
      roleArn,
      "F",
    );

    expect(issued.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(issued.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(issued.sessionToken.length).toBeGreaterThan(200);
  });

  test("a session keeps its credentials, another one gets others", () => {
    const store = new IssuedCredentials({ region: "us-east-1", accountId: "123456789012" });

    const first = store.issue(roleArn, "F");

    expect(store.issue(roleArn, "F")).toEqual(first);
    expect(store.issue(roleArn, "G").accessKeyId).not.toBe(first.accessKeyId);
  });

  test("recognises its own key with its token as the role's session, without the role's path", () => {
    const store = new IssuedCredentials({ region: "us-east-1", accountId: "123456789012" });
    const { accessKeyId, sessionToken } = store.issue(roleArn, "F");

    expect(store.principalOf(accessKeyId, sessionToken)).toMatchObject({
      kind: "role",
      roleArn,
      arn: "arn:aws:sts::123456789012:assumed-role/R/F",
      userId: expect.stringMatching(/^AROA[A-Z2-7]{17}:F$/),
    });
  });

  test("its own key with another token, or none, is refused and not taken for the administrator", () => {
    const store = new IssuedCredentials({ region: "us-east-1", accountId: "123456789012" });
    const { accessKeyId } = store.issue(roleArn, "F");
    const other = store.issue(roleArn, "G").sessionToken;

    expect(() => store.principalOf(accessKeyId)).toThrow(
      "The security token included in the request is invalid.",
    );
    expect(() => store.principalOf(accessKeyId, other)).toThrow(
      "The security token included in the request is invalid.",
    );
  });

  test("any other key is the administrator, no key is nobody", () => {
    const store = new IssuedCredentials({ region: "us-east-1", accountId: "123456789012" });

    expect(store.principalOf("test")).toMatchObject({ kind: "administrator", accountId: "123456789012" });
    expect(store.principalOf(undefined)).toEqual({ kind: "anonymous" });
  });
});

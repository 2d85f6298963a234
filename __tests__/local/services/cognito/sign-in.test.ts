import crypto, { createHmac } from "node:crypto";
import type { Members } from "../../../../local/kernel/input";
import { ledger } from "../../../../local/load";
import { answerTo, beginAttempt } from "../../../../local/services/cognito/srp";
import { deploymentOf } from "../../../support/deployment";
import {
  clientResource,
  decode,
  members,
  password,
  poolArn,
  poolResource,
  TestDirectory,
  tokensIn,
} from "./fixture";

const incorrect = "NotAuthorizedException: Incorrect username or password.";
const exceeded = "NotAuthorizedException: Password attempts exceeded";

let directory: TestDirectory;

async function start(...clients: ReturnType<typeof clientResource>[]): Promise<void> {
  directory = await TestDirectory.of(
    poolResource(1),
    poolResource(2),
    clientResource("client1", 1),
    clientResource("client2", 2),
    ...clients,
  );
  directory.confirmedUser("ada@example.com", 1);
}

beforeEach(() => start());

function refresh(token: string, changes: Record<string, unknown> = {}) {
  const AuthParameters = { REFRESH_TOKEN: token };
  return directory.refusal("InitiateAuth", {
    ClientId: "client1",
    AuthFlow: "REFRESH_TOKEN_AUTH",
    AuthParameters,
    ...changes,
  });
}

describe("tokens", () => {
  test("have the header and the claims that Cognito gives them", async () => {
    const answer = await directory.signIn("ada@example.com");
    const { id, access } = tokensIn(answer);
    const now = directory.clock.now() / 1000;

    expect(answer).toMatchObject({
      ChallengeParameters: {},
      AuthenticationResult: { ExpiresIn: 3600, TokenType: "Bearer" },
    });
    expect(decode(id, 0)).toEqual({ alg: "RS256", kid: decode(access, 0).kid });
    const { sub, origin_jti, event_id } = decode(id);
    const shared = { sub, origin_jti, event_id, auth_time: now, iat: now, exp: now + 3600 };
    const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect([sub, origin_jti, event_id]).toEqual([uuid, uuid, uuid]);
    expect(decode(id)).toEqual({
      ...shared,
      iss: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool1",
      aud: "client1",
      token_use: "id",
      jti: uuid,
      "cognito:username": sub,
      email: "ada@example.com",
      email_verified: true,
    });
    expect(decode(access)).toEqual({
      ...shared,
      iss: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool1",
      client_id: "client1",
      token_use: "access",
      scope: "aws.cognito.signin.user.admin",
      jti: uuid,
      username: sub,
    });
  });

  test("verify with their own pool and not with the other", async () => {
    const { id, access } = await directory.tokens("ada@example.com");
    const { verifier } = directory.directory;

    const verifications = [
      verifier.verify(poolArn("us-east-1_Pool1"), id, "id").ok,
      verifier.verify(poolArn("us-east-1_Pool2"), id, "id").ok,
      verifier.verify(poolArn("us-east-1_Pool1"), access, "id").ok,
    ];

    expect(verifications).toEqual([true, false, false]);
  });

  test("last as long as the client says", async () => {
    await start(
      clientResource("brief", 1, {
        id_token_validity: 5,
        access_token_validity: 600,
        refresh_token_validity: 2,
        token_validity_units: [{ id_token: "minutes", access_token: "seconds", refresh_token: "hours" }],
      }),
    );

    const { id, access, refresh: token } = await directory.tokens("ada@example.com", "brief");
    const lifetimes = [id, access]
      .map((token) => decode(token))
      .map(({ exp, iat }) => Number(exp) - Number(iat));
    directory.clock.advance({ seconds: 2 * 3600 - 1 });
    const intime = await refresh(token, { ClientId: "brief" });
    directory.clock.advance({ seconds: 1 });
    const late = await refresh(token, { ClientId: "brief" });

    expect(lifetimes).toEqual([300, 600]);
    expect(intime).toContain("IdToken");
    expect(late).toBe("NotAuthorizedException: Refresh Token has expired");
  });

  test("show a client only the attributes that it may read", async () => {
    await start(clientResource("curious", 1, { read_attributes: ["name"] }));

    const { id } = await directory.tokens("ada@example.com", "curious");

    expect(Object.keys(decode(id))).not.toContain("email");
  });

  test("cannot be given other values of their claims by an attribute", async () => {
    await start();
    const { id } = await directory.tokens("ada@example.com");
    const refused = await directory.refusal("AdminUpdateUserAttributes", {
      UserPoolId: "us-east-1_Pool1",
      Username: "ada@example.com",
      UserAttributes: [{ Name: "token_use", Value: "access" }],
    });

    expect(decode(id).token_use).toBe("id");
    expect(refused).toContain("token_use: Attribute does not exist in the schema.");
  });
});

describe("the password", () => {
  test("is wrong for an unknown user and a known one alike", async () => {
    expect(await directory.refusedSignIn("ada@example.com", "Wrong-Horse-77")).toBe(incorrect);
    expect(await directory.refusedSignIn("nobody@example.com")).toBe(incorrect);
  });

  test("is worked on as hard for an unknown user as for a known one, so that the time does not tell", async () => {
    const scrypt = jest.spyOn(crypto, "scryptSync");

    await directory.refusedSignIn("ada@example.com", "Wrong-Horse-77");
    const known = scrypt.mock.calls.length;
    await directory.refusedSignIn("nobody@example.com", "Wrong-Horse-77");
    const unknown = scrypt.mock.calls.length - known;
    scrypt.mockRestore();

    expect([known, unknown]).toEqual([1, 1]);
  });

  test("is not looked at in the other pool", async () => {
    expect(await directory.refusedSignIn("ada@example.com", password, "client2")).toBe(incorrect);
  });

  test("does not hide an unknown user from a client in LEGACY mode", async () => {
    await start(clientResource("talkative", 1, { prevent_user_existence_errors: "LEGACY" }));

    expect(await directory.refusedSignIn("nobody@example.com", password, "talkative")).toBe(
      "UserNotFoundException: User does not exist.",
    );
  });

  test("signs in by sub too, and in any case of the address", async () => {
    const { access } = await directory.tokens("ADA@Example.com");

    expect(await directory.tokens(String(decode(access).sub))).toHaveProperty("id");
  });

  test("of a disabled user is answered only when it is right", async () => {
    await directory.call("AdminDisableUser", { UserPoolId: "us-east-1_Pool1", Username: "ada@example.com" });

    expect(await directory.refusedSignIn("ada@example.com")).toBe(
      "NotAuthorizedException: User is disabled.",
    );
    expect(await directory.refusedSignIn("ada@example.com", "Wrong-Horse-77")).toBe(incorrect);
  });
});

describe.each([
  ["a user", "ada@example.com"],
  ["a name that nobody has", "nobody@example.com"],
])("guessing the password of %s", (_who, username) => {
  const guess = () => directory.refusedSignIn(username, "Wrong-Horse-77");

  test("locks after five attempts, twice as long after each further one", async () => {
    for (let count = 0; count < 5; count++) expect(await guess()).toBe(incorrect);

    expect(await guess()).toBe(exceeded);
    expect(await directory.refusedSignIn(username)).toBe(exceeded);
    directory.clock.advance({ seconds: 1 });
    expect(await guess()).toBe(incorrect);
    directory.clock.advance({ seconds: 1 });
    expect(await guess()).toBe(exceeded);
    directory.clock.advance({ seconds: 1 });
    expect(await guess()).toBe(incorrect);
  });

  test("locks for a quarter of an hour at most", async () => {
    for (let count = 0; count < 14; count++) {
      await guess();
      directory.clock.advance({ seconds: 800 });
    }

    for (let count = 0; count < 3; count++) {
      expect(await guess()).toBe(incorrect);
      directory.clock.advance({ seconds: 450 });
      expect(await guess()).toBe(exceeded);
      directory.clock.advance({ seconds: 449 });
      expect(await guess()).toBe(exceeded);
      directory.clock.advance({ seconds: 1 });
    }
  });

  test("is forgotten after 15 minutes without an attempt", async () => {
    for (let count = 0; count < 7; count++) {
      await guess();
      directory.clock.advance({ seconds: count < 6 ? 8 : 15 * 60 });
    }

    for (let count = 0; count < 5; count++) expect(await guess()).toBe(incorrect);
  });
});

test("signing in once the lock has ended starts the count anew", async () => {
  const guess = () => directory.refusedSignIn("ada@example.com", "Wrong-Horse-77");
  for (let count = 0; count < 5; count++) await guess();
  directory.clock.advance({ seconds: 1 });

  await directory.signIn("ada@example.com");

  for (let count = 0; count < 5; count++) expect(await guess()).toBe(incorrect);
});

describe("a flow", () => {
  const password_ = { USERNAME: "ada@example.com", PASSWORD: password };
  const UserPoolId = "us-east-1_Pool1";

  test.each(["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])(
    "%s signs an administrator's call in",
    async (AuthFlow) => {
      const answer = await directory.call("AdminInitiateAuth", {
        UserPoolId,
        ClientId: "client1",
        AuthFlow,
        AuthParameters: password_,
      });

      expect(tokensIn(answer).id).toMatch(/^ey/);
    },
  );

  test.each([
    [
      "InitiateAuth",
      "USER_PASSWORD_AUTH",
      "InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client",
    ],
    [
      "AdminInitiateAuth",
      "ADMIN_USER_PASSWORD_AUTH",
      "InvalidParameterException: Auth flow not enabled for this client",
    ],
    [
      "InitiateAuth",
      "REFRESH_TOKEN_AUTH",
      "InvalidParameterException: Auth flow not enabled for this client",
    ],
    [
      "InitiateAuth",
      "ADMIN_USER_PASSWORD_AUTH",
      "InvalidParameterException: Initiate Auth method not supported.",
    ],
    [
      "AdminInitiateAuth",
      "USER_PASSWORD_AUTH",
      "InvalidParameterException: Initiate Auth method not supported.",
    ],
    [
      "InitiateAuth",
      "USER_SRP_AUTH",
      "InvalidParameterException: USER_SRP_AUTH is not enabled for the client.",
    ],
    ["InitiateAuth", "USER_AUTH", "InvalidParameterException: USER_AUTH is not enabled for the client."],
    [
      "InitiateAuth",
      "CUSTOM_AUTH",
      "InvalidParameterException: Custom auth lambda trigger is not configured for the user pool.",
    ],
    ["InitiateAuth", "MAGIC", "Member must satisfy enum value set"],
  ])("is refused where it is not allowed: %s with %s", async (operation, AuthFlow, expected) => {
    await start(clientResource("none", 1, { explicit_auth_flows: ["ALLOW_CUSTOM_AUTH"] }));

    const refusal = await directory.refusal(operation, {
      UserPoolId,
      ClientId: "none",
      AuthFlow,
      AuthParameters: { ...password_, REFRESH_TOKEN: "x" },
    });

    expect(refusal).toContain(expected);
  });

  test("by its older name allows refreshing too", async () => {
    await start(clientResource("older", 1, { explicit_auth_flows: ["USER_PASSWORD_AUTH"] }));

    const { refresh: token } = await directory.tokens("ada@example.com", "older");

    expect(await refresh(token, { ClientId: "older" })).toContain("IdToken");
  });

  test("needs a client of that pool", async () => {
    const refusal = await directory.refusal("AdminInitiateAuth", {
      UserPoolId,
      ClientId: "client2",
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters: password_,
    });

    expect(refusal).toBe("ResourceNotFoundException: User pool client client2 does not exist.");
  });

  test("needs its parameters", async () => {
    const refusal = (AuthParameters: object) =>
      directory.refusal("InitiateAuth", {
        ClientId: "client1",
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters,
      });

    expect(await refusal({ PASSWORD: "x" })).toBe(
      "InvalidParameterException: Missing required parameter USERNAME",
    );
    expect(await refusal({ USERNAME: "x" })).toBe(
      "InvalidParameterException: Missing required parameter PASSWORD",
    );
    expect(await refusal({ USERNAME: 7 })).toContain("SerializationException");
    expect(await refusal([])).toContain("SerializationException");
  });
});

describe("a refresh token", () => {
  test.each(["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])(
    "brings new tokens of the same sign-in by %s",
    async (AuthFlow) => {
      const { id, refresh: token } = await directory.tokens("ada@example.com");
      directory.clock.advance({ seconds: 100 });

      const answer = await directory.call("InitiateAuth", {
        ClientId: "client1",
        AuthFlow,
        AuthParameters: { REFRESH_TOKEN: token },
      });
      const result = members(answer.AuthenticationResult);
      const before = decode(id);
      const after = decode(String(result.IdToken));

      expect(result).not.toHaveProperty("RefreshToken");
      expect(after).toMatchObject({ origin_jti: before.origin_jti, auth_time: before.auth_time });
      expect(Number(after.iat) - Number(before.iat)).toBe(100);
      expect(after.jti).not.toBe(before.jti);
    },
  );

  test("is good for its own client only, and not when changed", async () => {
    await start(clientResource("other", 1));
    const { refresh: token, access } = await directory.tokens("ada@example.com");
    const changed = token.slice(0, -3) + (token.endsWith("AAA") ? "BBB" : "AAA");

    const refusals = [
      await refresh(token, { ClientId: "other" }),
      await refresh(token, { ClientId: "client2" }),
      await refresh(changed),
      await refresh(access),
      await refresh("x"),
    ];

    expect(new Set(refusals)).toEqual(new Set(["NotAuthorizedException: Invalid Refresh Token"]));
  });

  test("is of no use to a disabled user or a deleted one", async () => {
    const { refresh: token } = await directory.tokens("ada@example.com");
    const user = { UserPoolId: "us-east-1_Pool1", Username: "ada@example.com" };

    await directory.call("AdminDisableUser", user);
    const disabled = await refresh(token);
    await directory.call("AdminDeleteUser", user);
    const deleted = await refresh(token);

    expect(disabled).toBe("NotAuthorizedException: Refresh Token has been revoked");
    expect(deleted).toBe("NotAuthorizedException: Invalid Refresh Token");
  });
});

describe("a client with a secret", () => {
  const secret = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdef";
  const hash = (username: string) =>
    createHmac("sha256", secret).update(`${username}confidential`).digest("base64");
  const attempt = (AuthParameters: object, ClientId = "confidential") =>
    directory.refusal("InitiateAuth", {
      ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: "ada@example.com", PASSWORD: password, ...AuthParameters },
    });

  beforeEach(() =>
    start(clientResource("confidential", 1, { generate_secret: true, client_secret: secret })),
  );

  test("is let in with the hash of its secret over the user's name", async () => {
    expect(await attempt({ SECRET_HASH: hash("ada@example.com") })).toContain("IdToken");
  });

  test("is refused without it, with a wrong one and with another user's", async () => {
    expect(await attempt({})).toBe(
      "NotAuthorizedException: Client confidential is configured with secret but SECRET_HASH was not received",
    );
    for (const SECRET_HASH of ["", "AAAA", hash("eve@example.com"), hash("ada@example.com").toLowerCase()]) {
      expect(await attempt({ SECRET_HASH })).toBe(
        "NotAuthorizedException: Unable to verify secret hash for client confidential",
      );
    }
  });

  test("signs up with it too", async () => {
    const input = { ClientId: "confidential", Username: "eve@example.com", Password: password };

    expect(await directory.refusal("SignUp", input)).toContain("SECRET_HASH was not received");
    expect(await directory.refusal("SignUp", { ...input, SecretHash: hash("eve@example.com") })).toContain(
      "UserSub",
    );
  });

  test("leaves nothing that the start would stop at", async () => {
    const client = clientResource("confidential", 1, { generate_secret: true, client_secret: secret });
    await start(client);

    expect(() => ledger.requireEverythingRead(deploymentOf(client))).not.toThrow();
  });

  test("does not start without it", async () => {
    await expect(start(clientResource("confidential", 1, { generate_secret: true }))).rejects.toThrow(
      "aws_cognito_user_pool_client.confidential: client_secret must be a string, received nothing",
    );
  });

  test("is shown to an administrator with it", async () => {
    const answer = await directory.call("DescribeUserPoolClient", {
      UserPoolId: "us-east-1_Pool1",
      ClientId: "confidential",
    });

    expect(members(answer.UserPoolClient).ClientSecret).toBe(secret);
  });

  test("is not the client without one, which refuses a hash", async () => {
    expect(await attempt({ SECRET_HASH: hash("ada@example.com") }, "client1")).toBe(
      "NotAuthorizedException: Unable to verify secret hash for client client1",
    );
  });
});

test("an SRP exchange is worked on as hard for an unknown user as for a known one, so that the time does not tell", async () => {
  await start(clientResource("srp", 1, { explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"] }));
  const powers = jest.spyOn(crypto, "createDiffieHellman");
  const counted = async (step: () => Promise<Members>) => {
    const before = powers.mock.calls.length;
    const answer = await step();
    return { answer, powers: powers.mock.calls.length - before };
  };
  const wrong = async (USERNAME: string) => {
    const attempt = beginAttempt();
    const begun = await counted(() =>
      directory.call("InitiateAuth", {
        ...{ ClientId: "srp", AuthFlow: "USER_SRP_AUTH" },
        AuthParameters: { USERNAME, SRP_A: attempt.srpA },
      }),
    );
    const parameters = members(begun.answer.ChallengeParameters) as Record<string, string>;
    const ChallengeResponses = answerTo("us-east-1_Pool1", attempt, parameters, "wrong-Horse-7", new Date());
    const proved = await counted(async () => ({
      refusal: await directory.refusal("RespondToAuthChallenge", {
        ...{ ClientId: "srp", ChallengeName: "PASSWORD_VERIFIER", ChallengeResponses },
      }),
    }));
    return { begun: begun.powers, proved: proved.powers, refusal: proved.answer.refusal };
  };

  const [known, unknown] = [await wrong("ada@example.com"), await wrong("nobody@example.com")];
  powers.mockRestore();

  expect(known).toEqual({ begun: 1, proved: 2, refusal: incorrect });
  expect(unknown).toEqual(known);
});

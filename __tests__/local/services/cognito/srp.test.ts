import { getDiffieHellman } from "node:crypto";
import { beginAttempt, prove } from "../../../../local/services/cognito/srp";
import { clientResource, members, password, poolResource, TestDirectory } from "./fixture";

const Username = "ada@example.com";
const incorrect = "NotAuthorizedException: Incorrect username or password.";
/** What a client would compute from a secret of its own. Clients that prove the password are in `__tests__/clients`. */
const SRP_A = "abc123".repeat(100);
const N = getDiffieHellman("modp15").getPrime("hex");

let directory: TestDirectory;

beforeEach(async () => {
  const explicit_auth_flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
  directory = await TestDirectory.of(
    poolResource(1),
    clientResource("client1", 1, { explicit_auth_flows }),
    clientResource("other", 1, { explicit_auth_flows }),
    clientResource("talkative", 1, { explicit_auth_flows, prevent_user_existence_errors: "LEGACY" }),
  );
  directory.confirmedUser(Username);
});

const begin = (username = Username, changes: object = {}) => ({
  ClientId: "client1",
  AuthFlow: "USER_SRP_AUTH",
  AuthParameters: { USERNAME: username, SRP_A },
  ...changes,
});

async function challenge(username = Username): Promise<Record<string, string>> {
  const answer = await directory.call("InitiateAuth", begin(username));
  return Object.fromEntries(
    Object.entries(members(answer.ChallengeParameters)).map(([key, value]) => [key, String(value)]),
  );
}

const answerTo = (parameters: Record<string, string>, changes: object = {}, ClientId = "client1") =>
  directory.refusal("RespondToAuthChallenge", {
    ClientId,
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeResponses: {
      USERNAME: parameters.USER_ID_FOR_SRP,
      PASSWORD_CLAIM_SECRET_BLOCK: parameters.SECRET_BLOCK,
      PASSWORD_CLAIM_SIGNATURE: Buffer.alloc(32).toString("base64"),
      TIMESTAMP: "Mon Jan 5 12:00:00 UTC 2026",
      ...changes,
    },
  });

test("an exchange starts with the user's salt, a new public value, and the internal name", async () => {
  const [one, two] = [await challenge(), await challenge()];

  expect(one).toEqual({
    SALT: expect.stringMatching(/^[0-9a-f]{20,32}$/),
    SRP_B: expect.stringMatching(/^[0-9a-f]{700,768}$/),
    SECRET_BLOCK: expect.stringMatching(/^[\w+/=]{100,}$/),
    USERNAME: expect.stringMatching(/^[0-9a-f-]{36}$/),
    USER_ID_FOR_SRP: one?.USERNAME,
  });
  expect(two).toMatchObject({ SALT: one?.SALT, USERNAME: one?.USERNAME });
  expect(two?.SRP_B).not.toBe(one?.SRP_B);
});

describe("a name that nobody has", () => {
  test("looks as a user does, the same each time and in whatever case, and fails as a wrong password does", async () => {
    const [one, two] = [await challenge("nobody@example.com"), await challenge("Nobody@example.com")];

    expect(one.USERNAME).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(two).toMatchObject({ SALT: one.SALT, USERNAME: one.USERNAME });
    expect(await answerTo(one)).toBe(incorrect);
    expect(await answerTo(await challenge())).toBe(incorrect);
  });

  test("is told by a client that does not hide it", async () => {
    const ClientId = "talkative";

    expect(await directory.refusal("InitiateAuth", begin("nobody@example.com", { ClientId }))).toBe(
      "UserNotFoundException: User does not exist.",
    );
  });
});

describe("an exchange", () => {
  test.each([
    ["zero", "0"],
    ["the group's prime", N],
    ["a multiple of the prime", (BigInt(`0x${N}`) * 3n).toString(16)],
    ["no number", "xyz"],
    ["a number without end", "f".repeat(5000)],
  ])("is refused where the client's public value is %s", async (_what, value) => {
    const AuthParameters = { USERNAME: Username, SRP_A: value };

    expect(await directory.refusal("InitiateAuth", begin(Username, { AuthParameters }))).toContain(
      "InvalidParameterException: SRP_A",
    );
  });

  test("works once, for its own client, its own user and its time", async () => {
    const used = await challenge();
    await answerTo(used);
    const late = await challenge();
    directory.clock.advance({ minutes: 3 });

    expect(await answerTo(used)).toBe("NotAuthorizedException: Invalid session for the user.");
    expect(await answerTo(late)).toBe(
      "NotAuthorizedException: Invalid session for the user, session is expired.",
    );
    expect(await answerTo(await challenge(), {}, "other")).toBe(
      "NotAuthorizedException: Invalid session for the user.",
    );
    expect(await answerTo(await challenge(), { USERNAME: "eve@example.com" })).toBe(incorrect);
  });

  test("needs the time in the clients' form", async () => {
    expect(await answerTo(await challenge(), { TIMESTAMP: "2026-01-05T12:00:00Z" })).toBe(
      "InvalidParameterException: TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english",
    );
  });

  test.each([Username, "nobody@example.com"])(
    "counts as an attempt at the password of %s: after five wrong ones no other is looked at",
    async (username) => {
      for (let attempt = 0; attempt < 5; attempt++) {
        expect(await answerTo(await challenge(username))).toBe(incorrect);
      }

      expect(await answerTo(await challenge(username))).toBe(
        "NotAuthorizedException: Password attempts exceeded",
      );
    },
  );
});

describe("a choice", () => {
  const choose = (changes: object) =>
    directory.refusal("RespondToAuthChallenge", {
      ClientId: "client1",
      ChallengeName: "SELECT_CHALLENGE",
      ...changes,
    });

  test("is offered, to names that nobody has as well, and works once", async () => {
    const AuthFlow = "USER_AUTH";
    const offers = await Promise.all(
      [Username, "nobody@example.com"].map((USERNAME) =>
        directory.call("InitiateAuth", begin(USERNAME, { AuthFlow, AuthParameters: { USERNAME } })),
      ),
    );
    const Session = offers[0]?.Session;
    const ChallengeResponses = { USERNAME: Username, ANSWER: "PASSWORD", PASSWORD: "wrong" };

    for (const offer of offers) {
      expect(offer).toMatchObject({
        ChallengeName: "SELECT_CHALLENGE",
        AvailableChallenges: ["PASSWORD_SRP", "PASSWORD"],
      });
    }
    expect(await choose({ Session, ChallengeResponses: { USERNAME: Username, ANSWER: "EMAIL_OTP" } })).toBe(
      "InvalidParameterException: The selected challenge is not available for the user.",
    );
    expect(await choose({ Session, ChallengeResponses })).toBe(incorrect);
    expect(await choose({ Session, ChallengeResponses })).toBe(
      "NotAuthorizedException: Invalid session for the user.",
    );
  });

  test("that is preferred and not to be had is offered instead", async () => {
    const AuthParameters = { USERNAME: Username, PREFERRED_CHALLENGE: "constructor" };

    expect(
      await directory.refusal("InitiateAuth", begin(Username, { AuthFlow: "USER_AUTH", AuthParameters })),
    ).toContain("SELECT_CHALLENGE");
  });
});

describe("the client's half", () => {
  const signIn = async (given: string) => {
    const attempt = beginAttempt();
    const answer = await directory.call(
      "InitiateAuth",
      begin(Username, { AuthParameters: { USERNAME: Username, SRP_A: attempt.srpA } }),
    );
    const { SALT, SRP_B, SECRET_BLOCK, USER_ID_FOR_SRP } = members(answer.ChallengeParameters);
    const timestamp = "Mon Jan 5 12:00:00 UTC 2026";
    const question = {
      username: String(USER_ID_FOR_SRP),
      salt: String(SALT),
      srpB: String(SRP_B),
      secretBlock: Buffer.from(String(SECRET_BLOCK), "base64"),
    };
    return answerTo(
      { USER_ID_FOR_SRP: question.username, SECRET_BLOCK: String(SECRET_BLOCK) },
      { PASSWORD_CLAIM_SIGNATURE: prove("us-east-1_Pool1", attempt, question, given, timestamp) },
    );
  };

  test("proves the right password, and no other", async () => {
    expect(await signIn(password)).toContain("IdToken");
    expect(await signIn("Wrong-Horse-7")).toBe(incorrect);
  });
});

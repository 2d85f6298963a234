import type { Members } from "../../../../local/kernel/input";
import { members, type TestDirectory } from "./fixture";
import { type Event, type Handler, poolWith, type TestFunctions } from "./trigger-functions";

const ada = "ada@example.com";
const incorrect = "NotAuthorizedException: Incorrect username or password.";
const UserPoolId = "us-east-1_Pool1";

interface Result {
  readonly challengeName: string;
  readonly challengeResult: boolean;
}

function resultsIn({ request }: Event): readonly Result[] {
  return Array.isArray(request.session) ? request.session : [];
}

/** Tokens after one right answer, failure after two wrong ones. */
const define: Handler = (event) => {
  const results = resultsIn(event);
  if (results.at(-1)?.challengeResult === true) return { issueTokens: true };
  if (results.length >= 2) return { failAuthentication: true };
  return { challengeName: "CUSTOM_CHALLENGE" };
};
const create: Handler = () => ({
  publicChallengeParameters: { question: "6 * 7" },
  privateChallengeParameters: { answer: "42" },
  challengeMetadata: "SUM",
});
const verify: Handler = ({ request }) => ({
  answerCorrect: members(request.privateChallengeParameters).answer === request.challengeAnswer,
});

const triggers = {
  define_auth_challenge: define,
  create_auth_challenge: create,
  verify_auth_challenge_response: verify,
};

let directory: TestDirectory;
let functions: TestFunctions;

async function start(handlers: Readonly<Record<string, Handler>> = triggers, client: object = {}) {
  ({ directory, functions } = await poolWith(handlers, {
    client: { explicit_auth_flows: ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], ...client },
  }));
  directory.confirmedUser(ada);
}

const begin = (username = ada): Members => ({
  ClientId: "client1",
  AuthFlow: "CUSTOM_AUTH",
  AuthParameters: { USERNAME: username },
  ClientMetadata: { from: "the beginning" },
});

const answer = (challenge: Members, ANSWER: string, USERNAME = ada): Members => ({
  ClientId: "client1",
  ChallengeName: "CUSTOM_CHALLENGE",
  Session: challenge.Session,
  ChallengeResponses: { USERNAME, ANSWER },
  ClientMetadata: { from: "the answer" },
});

describe("a custom challenge", () => {
  test("shows its public parameters alone, and lets in whoever answers it", async () => {
    await start();

    const challenge = await directory.call("InitiateAuth", begin());
    const done = await directory.call("RespondToAuthChallenge", answer(challenge, "42"));

    expect(challenge).toMatchObject({
      ChallengeName: "CUSTOM_CHALLENGE",
      ChallengeParameters: { question: "6 * 7", USERNAME: directory.subs()[0] },
    });
    expect(JSON.stringify(challenge)).not.toContain('"42"');
    expect(done).toHaveProperty("AuthenticationResult.IdToken");
    expect(functions.sources).toEqual([
      "DefineAuthChallenge_Authentication",
      "CreateAuthChallenge_Authentication",
      "VerifyAuthChallengeResponse_Authentication",
      "DefineAuthChallenge_Authentication",
    ]);
  });

  test("is told to the functions as AWS tells it", async () => {
    await start();
    const challenge = await directory.call("InitiateAuth", begin());
    await directory.call("RespondToAuthChallenge", answer(challenge, "42"));

    const [defined, created, verified, again] = functions.events;
    expect(defined).toMatchObject({
      request: { session: [], userNotFound: false, userAttributes: { email: ada } },
      response: { challengeName: null, issueTokens: null, failAuthentication: null },
    });
    expect(defined?.request).not.toHaveProperty("clientMetadata");
    expect(created?.request).toMatchObject({ challengeName: "CUSTOM_CHALLENGE", session: [] });
    expect(verified?.request).toMatchObject({
      privateChallengeParameters: { answer: "42" },
      challengeAnswer: "42",
      clientMetadata: { from: "the answer" },
    });
    expect(again?.request.session).toEqual([
      { challengeName: "CUSTOM_CHALLENGE", challengeResult: true, challengeMetadata: "SUM" },
    ]);
  });

  test("that is answered wrongly is followed by another one, until the functions give up", async () => {
    await start();
    const first = await directory.call("InitiateAuth", begin());
    const second = await directory.call("RespondToAuthChallenge", answer(first, "41"));

    expect(second).toMatchObject({ ChallengeName: "CUSTOM_CHALLENGE" });
    expect(second.Session).not.toBe(first.Session);
    expect(await directory.refusal("RespondToAuthChallenge", answer(second, "43"))).toBe(incorrect);
  });

  test("is answered once, by its own user and through its own client", async () => {
    await start();
    directory.confirmedUser("bob@example.com");
    const challenge = await directory.call("InitiateAuth", begin());

    expect(
      await directory.refusal("RespondToAuthChallenge", answer(challenge, "42", "bob@example.com")),
    ).toBe("NotAuthorizedException: Invalid session for the user.");
    await directory.call("RespondToAuthChallenge", answer(challenge, "42"));
    expect(await directory.refusal("RespondToAuthChallenge", answer(challenge, "42"))).toBe(
      "NotAuthorizedException: Invalid session for the user.",
    );
  });

  test("is put to a name that nobody has as well, and never lets it in", async () => {
    await start();
    const nobody = "nobody@example.com";

    const challenge = await directory.call("InitiateAuth", begin(nobody));
    const { USERNAME } = members(challenge.ChallengeParameters);

    expect(challenge).toMatchObject({ ChallengeParameters: { question: "6 * 7" } });
    expect(USERNAME).toMatch(/^[0-9a-f-]{36}$/);
    expect(functions.events[0]?.request).toMatchObject({ userNotFound: true, userAttributes: {} });
    expect(await directory.refusal("RespondToAuthChallenge", answer(challenge, "42", nobody))).toBe(
      incorrect,
    );
  });

  test("is not put to it where the client does not hide that", async () => {
    await start(triggers, { prevent_user_existence_errors: "LEGACY" });

    expect(await directory.refusal("InitiateAuth", begin("nobody@example.com"))).toBe(
      "UserNotFoundException: User does not exist.",
    );
  });

  test("does not let a disabled user in", async () => {
    await start();
    const challenge = await directory.call("InitiateAuth", begin());
    await directory.call("AdminDisableUser", { UserPoolId, Username: ada });

    expect(await directory.refusal("RespondToAuthChallenge", answer(challenge, "42"))).toBe(
      "NotAuthorizedException: User is disabled.",
    );
  });
});

describe("a sign-in that begins with the password", () => {
  const srp = { AuthParameters: { USERNAME: ada, CHALLENGE_NAME: "SRP_A", SRP_A: "abc123".repeat(100) } };

  test("is asked for its proof where the functions say so", async () => {
    await start({ ...triggers, define_auth_challenge: () => ({ challengeName: "PASSWORD_VERIFIER" }) });

    const challenge = await directory.call("InitiateAuth", { ...begin(), ...srp });

    expect(challenge.ChallengeName).toBe("PASSWORD_VERIFIER");
    expect(functions.events[0]?.request.session).toEqual([
      { challengeName: "SRP_A", challengeResult: true, challengeMetadata: null },
    ]);
  });

  test("does not go on after a wrong proof", async () => {
    await start({ ...triggers, define_auth_challenge: () => ({ challengeName: "PASSWORD_VERIFIER" }) });
    const challenge = await directory.call("InitiateAuth", { ...begin(), ...srp });
    const { SECRET_BLOCK, USER_ID_FOR_SRP } = members(challenge.ChallengeParameters);

    const refusal = await directory.refusal("RespondToAuthChallenge", {
      ClientId: "client1",
      ChallengeName: "PASSWORD_VERIFIER",
      ChallengeResponses: {
        USERNAME: USER_ID_FOR_SRP,
        PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
        PASSWORD_CLAIM_SIGNATURE: Buffer.alloc(32).toString("base64"),
        TIMESTAMP: "Mon Jan 5 12:00:00 UTC 2026",
      },
    });

    expect(refusal).toBe(incorrect);
    expect(functions.events).toHaveLength(1);
  });

  test("without a proof to check is an answer that makes no sense", async () => {
    await start({ ...triggers, define_auth_challenge: () => ({ challengeName: "PASSWORD_VERIFIER" }) });

    expect(await directory.refusal("InitiateAuth", begin())).toBe(
      "InvalidLambdaResponseException: Unrecognizable lambda output",
    );
  });
});

test("a pool without the trigger that is needed says so", async () => {
  await start({ define_auth_challenge: define });

  expect(await directory.refusal("InitiateAuth", begin())).toBe(
    "InvalidParameterException: Custom auth lambda trigger is not configured for the user pool.",
  );
});

test("a client that does not allow it is told so, before a function runs", async () => {
  await start(triggers, { explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"] });

  expect(await directory.refusal("InitiateAuth", begin())).toBe(
    "InvalidParameterException: CUSTOM_AUTH is not enabled for the client.",
  );
  expect(functions.events).toEqual([]);
});

import { eventually, startTestRuntime, TEST_PASSWORD, type TestRuntime } from "../support/local-runtime";
import { codeFor, cognito, cognitoError, poolOf, signIn, tokensIn } from "./support/cognito";
import { logMessages } from "./support/logs";
import { StoppedClock } from "./support/stopped-clock";
import { sendInTurn, tally, withRuntime } from "./support/with-runtime";

jest.setTimeout(60_000);

const ATTEMPTS_EXCEEDED = cognitoError(
  "LimitExceededException",
  "Attempt limit exceeded, please try after some time.",
);

describe("with the stacks as they are", () => {
  const clock = new StoppedClock();
  let test: TestRuntime;

  beforeAll(async () => {
    test = await startTestRuntime({ clock });
  });
  afterAll(() => test.close());

  describe("sign-up", () => {
    it("a sign-up cannot be confirmed by guessing: five wrong codes end the right one too", async () => {
      const email = "guessed@example.com";
      await signUp(test, email);
      const right = codeFor(test, email);
      const wrong = Array.from({ length: 5 }, (_, index) => String((Number(right) + index + 1) % 1_000_000));

      const guesses = [];
      for (const code of wrong) guesses.push(await confirm(test, email, code.padStart(6, "0")));
      const late = await confirm(test, email, right);

      expect(guesses.map(({ body }) => body.__type)).toEqual(Array(5).fill("CodeMismatchException"));
      expect(late).toEqual(ATTEMPTS_EXCEEDED);
    });

    it("a sign-up is confirmed once: the code is used up", async () => {
      const email = "once@example.com";
      await signUp(test, email);
      const code = codeFor(test, email);

      const first = await confirm(test, email, code);
      const again = await confirm(test, email, code);

      expect(first.status).toBe(200);
      expect(again).toEqual(
        cognitoError("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"),
      );
    });

    it("a sign-up cannot be confirmed with a code of a day before", async () => {
      const email = "late@example.com";
      await signUp(test, email);
      const code = codeFor(test, email);
      clock.advance({ seconds: 24 * 60 * 60 });

      const answer = await confirm(test, email, code);

      expect(answer.body.__type).toBe("ExpiredCodeException");
    });

    it("a sign-up a second time changes neither the password nor the mailbox of the one who was first", async () => {
      const email = "first@example.com";
      await signUp(test, email);
      const code = codeFor(test, email);
      const mails = test.notices.length;

      const second = await signUp(test, email, "attackers-Horse-7-battery");
      await confirm(test, email, code);
      const owner = await signIn(test, { user: email });
      const attacker = await signIn(test, { user: email, password: "attackers-Horse-7-battery" });

      expect(second.body.__type).toBe("UsernameExistsException");
      expect(test.notices).toHaveLength(mails);
      expect(tokensIn(owner).IdToken).not.toBe("");
      expect(attacker.body.__type).toBe("NotAuthorizedException");
    });

    it("a sign-up fills nobody's mailbox: the fifth code in an hour is the last", async () => {
      const email = "flooded@example.com";
      await signUp(test, email);

      const answers = [];
      for (let sent = 0; sent < 6; sent++) answers.push(await resend(test, email));

      const mails = test.notices.filter((notice) => notice.includes(` e-mail to ${email}: `));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 400, 400]);
      expect(answers[5]).toEqual(ATTEMPTS_EXCEEDED);
      expect(mails).toHaveLength(5);
    });
  });

  it("a request that is sent again is a message of its own, and only so many of them pass", async () => {
    const token = await test.token("MyUserPool1");

    const answers = await sendInTurn(test, 52, { token, body: { name: "Replayed" } });

    const accepted = answers.filter(({ status }) => status === 200);
    const ids = accepted.map(({ body }) => String(JSON.parse(body).messageId));
    const greetings = await eventually(async () => {
      const found = (await logMessages(test, "/aws/lambda/InternalLambda")).filter((line) =>
        line.includes("Hello Replayed."),
      );
      return found.length === ids.length ? found : undefined;
    });
    expect(tally(answers)).toEqual({ 200: 50, 429: 2 });
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(greetings.filter((line) => line.includes(id))).toHaveLength(1);
  });
});

describe("with sign-up taken away from the public", () => {
  it("nobody can sign up in bulk, or at all, when only administrators create users", async () => {
    const answer = await withRuntime(
      {
        edit: ({ edge }) => {
          edge.resource("aws_cognito_user_pool.MyUserPool1").admin_create_user_config = {
            allow_admin_create_user_only: true,
          };
        },
      },
      (test) => signUp(test, "anybody@example.com"),
    );

    expect(answer).toEqual(
      cognitoError("NotAuthorizedException", "SignUp is not permitted for this user pool"),
    );
  });
});

function signUp(test: TestRuntime, email: string, password = TEST_PASSWORD) {
  return cognito(test, "SignUp", {
    ClientId: poolOf(test, "MyUserPool1").clientId,
    Username: email,
    Password: password,
    UserAttributes: [{ Name: "email", Value: email }],
  });
}

function confirm(test: TestRuntime, email: string, code: string) {
  return cognito(test, "ConfirmSignUp", {
    ClientId: poolOf(test, "MyUserPool1").clientId,
    Username: email,
    ConfirmationCode: code,
  });
}

function resend(test: TestRuntime, email: string) {
  return cognito(test, "ResendConfirmationCode", {
    ClientId: poolOf(test, "MyUserPool1").clientId,
    Username: email,
  });
}

import { TEST_PASSWORD, type TestRuntime } from "../support/local-runtime";
import { TestClock } from "../support/test-clock";
import { useRuntime, useRuntimes } from "../support/use-runtime";
import { codeFor, cognito, cognitoError, poolOf, signIn, tokensIn } from "./support/cognito";
import { takeThrottleOut } from "./support/edge-limits";
import { sendInTurn, tally } from "./support/flood";
import { logMessages } from "./support/logs";
import { BUILT_IN, NOTHING_TAKES_IT_OUT, threatsOf } from "./support/threats";

const threat = threatsOf(6, __filename);

const ATTEMPTS_EXCEEDED = cognitoError(
  "LimitExceededException",
  "Attempt limit exceeded, please try after some time.",
);

describe("with the stacks as they are", () => {
  const clock = new TestClock();
  const test = useRuntime({ clock });
  const { withRuntime } = useRuntimes({ clock });

  describe("sign-up", () => {
    threat({
      threat: "Somebody confirms another one's address by guessing the code",
      layer: "Cognito user pool",
      setting: BUILT_IN,
      attack: [
        "a sign-up cannot be confirmed by guessing: five wrong codes end the right one too",
        async () => {
          const email = "guessed@example.com";
          await signUp(test, email);
          const right = codeFor(test, email);
          const wrong = Array.from({ length: 5 }, (_, index) =>
            String((Number(right) + index + 1) % 1_000_000),
          );

          const guesses = [];
          for (const code of wrong) guesses.push(await confirm(test, email, code.padStart(6, "0")));
          const late = await confirm(test, email, right);

          expect(guesses.map(({ body }) => body.__type)).toEqual(Array(5).fill("CodeMismatchException"));
          expect(late).toEqual(ATTEMPTS_EXCEEDED);
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    it("a sign-up cannot be confirmed with a code of a day before", async () => {
      const email = "late@example.com";
      await signUp(test, email);
      const code = codeFor(test, email);
      clock.advance({ days: 1 });

      const answer = await confirm(test, email, code);

      expect(answer.body.__type).toBe("ExpiredCodeException");
    });

    threat({
      threat: "Somebody makes accounts in bulk",
      layer: "Cognito user pool",
      setting: "aws_cognito_user_pool.admin_create_user_config (self sign-up is on, as in the original)",
      attack: [
        "nobody can sign up in bulk, or at all, when only administrators create users",
        async () => {
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
        },
      ],
      counterpart: [
        "a sign-up is confirmed once: the code is used up",
        async () => {
          const email = "once@example.com";
          await signUp(test, email);
          const code = codeFor(test, email);

          const first = await confirm(test, email, code);
          const again = await confirm(test, email, code);

          expect(first.status).toBe(200);
          expect(again).toEqual(
            cognitoError("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"),
          );
        },
      ],
    });

    threat({
      threat: "Somebody takes an account over by signing up again",
      layer: "Cognito user pool",
      setting: BUILT_IN,
      attack: [
        "a sign-up a second time changes neither the password nor the mailbox of the one who was first",
        async () => {
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
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    threat({
      threat: "Somebody fills a mailbox with codes",
      layer: "Cognito user pool",
      setting: BUILT_IN,
      attack: [
        "a sign-up fills nobody's mailbox: the fifth code in an hour is the last",
        async () => {
          const email = "flooded@example.com";
          await signUp(test, email);

          const answers = [];
          for (let sent = 0; sent < 6; sent++) answers.push(await resend(test, email));

          const mails = test.notices.filter((notice) => notice.includes(` e-mail to ${email}: `));
          expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 400, 400]);
          expect(answers[5]).toEqual(ATTEMPTS_EXCEEDED);
          expect(mails).toHaveLength(5);
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });
  });

  const replay = async (served: TestRuntime) =>
    sendInTurn(served, 52, { token: await served.token("MyUserPool1"), body: { name: "Replayed" } });

  threat({
    threat: "A request is sent again and again",
    layer: "Stage throttle",
    setting: "aws_api_gateway_method_settings.throttling_burst_limit",
    attack: [
      "a request that is sent again is a message of its own, and only so many of them pass",
      async () => {
        const [answers, lines] = await withRuntime({}, async (served) => {
          const sent = await replay(served);
          await served.runtime.settled();
          return [sent, await logMessages(served, "/aws/lambda/InternalLambda")] as const;
        });

        const accepted = answers.filter(({ status }) => status === 200);
        const ids = accepted.map(({ body }) => String(JSON.parse(body).messageId));
        const greetings = lines.filter((line) => line.includes("Hello Replayed."));
        expect(tally(answers)).toEqual({ 200: 50, 429: 2 });
        expect(new Set(ids).size).toBe(50);
        expect(greetings).toHaveLength(50);
        for (const id of ids) expect(greetings.filter((line) => line.includes(id))).toHaveLength(1);
      },
    ],
    counterpart: [
      "a request that is sent again passes as often as it comes when the stage has no throttle",
      async () => {
        const answers = await withRuntime({ edit: ({ edge }) => takeThrottleOut(edge) }, replay);

        expect(tally(answers)).toEqual({ 200: 52 });
      },
    ],
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

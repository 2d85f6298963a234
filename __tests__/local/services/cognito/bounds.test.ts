import { Challenges } from "../../../../local/services/cognito/challenges";
import { readClientSettings } from "../../../../local/services/cognito/client-settings";
import { Lockout } from "../../../../local/services/cognito/lockout";
import { SignInSessions } from "../../../../local/services/cognito/sign-in-sessions";
import { Users } from "../../../../local/services/cognito/users";
import { deploymentOf } from "../../../support/deployment";
import { TestClock } from "../../../support/test-clock";
import { clientResource } from "./fixture";

const clock = new TestClock();
const client = readClientSettings(clientResource("client1", 1), deploymentOf());
const user = new Users({ id: "us-east-1_Pool1", emailIsUsername: false, caseSensitive: true }).create(
  { username: "ada", attributes: new Map(), status: "CONFIRMED", password: "Correct-Horse-7" },
  clock.now(),
);

test("a user's thousand and first sign-in ends the first one, whose refresh token is then unknown", () => {
  const sessions = new SignInSessions(clock);
  const first = sessions.open(user, client).refreshToken;

  for (let count = 0; count < 999; count++) sessions.open(user, client);
  const kept = sessions.ofRefreshToken(first);
  sessions.open(user, client);

  expect(kept).toBeDefined();
  expect(sessions.ofRefreshToken(first)).toBeUndefined();
});

test("sign-ins that have expired are dropped at the next one", () => {
  const own = new TestClock();
  const sessions = new SignInSessions(own);
  const { session } = sessions.open(user, client);

  own.advance({ seconds: 30 * 86_400 });
  sessions.open(user, client);

  expect(sessions.find(user.sub, session.originJti)).toBeUndefined();
});

test("challenges that nobody answers are dropped when they have expired, or when ten thousand are open", () => {
  const own = new TestClock();
  const challenges = new Challenges(own);
  const first = challenges.open("SOFTWARE_TOKEN_MFA", user, client);

  own.advance({ seconds: 180 });
  const second = challenges.open("SOFTWARE_TOKEN_MFA", user, client);
  const expiredIsGone = !challenges.has(first);
  for (let count = 0; count < 10_000; count++) challenges.open("SOFTWARE_TOKEN_MFA", user, client);

  expect(expiredIsGone).toBe(true);
  expect(challenges.has(second)).toBe(false);
});

test("guesses at ten thousand names do not make the lock forget a user's", () => {
  const lockout = new Lockout(clock);
  for (let count = 0; count < 5; count++) {
    lockout.failed(user);
    lockout.failed("nobody");
  }

  for (let name = 0; name < 10_000; name++) lockout.failed(`name ${name}`);

  expect(lockout.admits(user)).toBe(false);
  expect(lockout.admits("nobody")).toBe(true);
});

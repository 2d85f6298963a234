import { isObject, type JsonObject } from "../../kernel/json";
import type { ChallengeResult, CustomAuth } from "./challenges";
import { incorrectCredentials, invalidParameter, notAuthorized, userNotFound } from "./errors";
import {
  type Answer,
  type Attempt,
  preAuthenticate,
  requireSignInState,
  type Step,
  signedIn,
} from "./sign-in";
import { openSrp } from "./srp-sign-in";
import { attributesOf, unrecognizable } from "./triggers";
import type { User } from "./users";

/**
 * Signing in by the challenges of the pool's own functions (Amazon Cognito Developer Guide, Custom authentication challenge
 * Lambda triggers): "define" says what comes next, "create" makes a challenge, "verify" judges its answer, and so on until
 * "define" issues tokens or fails the sign-in. A second factor is asked for only where the functions ask.
 *
 * @param srpA of a sign-in that begins with the password, by SRP
 */
export async function startCustomAuth(attempt: Attempt, name: string, srpA?: string): Promise<Step> {
  const user = await preAuthenticate(attempt, name);
  if (user === undefined && !attempt.client.hidesUsers) throw userNotFound();
  const results = srpA === undefined ? [] : [{ ...passed, challengeName: "SRP_A" }];
  return next(attempt, user, { name, results, privateParameters: {}, metadata: null }, srpA);
}

/** Goes on after the password was proved by SRP. */
export function continueCustomAuth(attempt: Attempt, user: User, custom: CustomAuth): Promise<Step> {
  return next(attempt, user, withResult(custom, { ...passed, challengeName: "PASSWORD_VERIFIER" }));
}

/** Takes the answer to a custom challenge, right or wrong: what follows from it is for the functions to say. */
export async function answerCustomChallenge(
  attempt: Attempt,
  { session, username, answer }: Answer & { readonly answer: string },
): Promise<Step> {
  const { pool, client, metadata } = attempt;
  const { user, custom } = pool.firstSteps.find(session, "CUSTOM_CHALLENGE", client.id);
  const isSameUser = user === undefined ? custom?.name === username : pool.users.find(username) === user;
  if (custom === undefined || !isSameUser) throw notAuthorized("Invalid session for the user.");
  pool.firstSteps.close(session);
  const response = await run(attempt, "VerifyAuthChallengeResponse_Authentication", user, custom, {
    privateChallengeParameters: custom.privateParameters,
    challengeAnswer: answer,
    clientMetadata: metadata,
  });
  const result = {
    challengeName: "CUSTOM_CHALLENGE",
    challengeResult: response.answerCorrect === true,
    challengeMetadata: custom.metadata,
  };
  return next(attempt, user, withResult(custom, result));
}

const passed = { challengeResult: true, challengeMetadata: null };

function withResult(custom: CustomAuth, result: ChallengeResult): CustomAuth {
  return { ...custom, results: [...custom.results, result] };
}

async function next(
  attempt: Attempt,
  user: User | undefined,
  custom: CustomAuth,
  srpA?: string,
): Promise<Step> {
  const decision = await run(attempt, "DefineAuthChallenge_Authentication", user, custom, {
    session: custom.results,
    clientMetadata: attempt.metadata,
  });
  if (decision.failAuthentication === true) throw incorrectCredentials();
  if (decision.issueTokens === true) {
    // Whatever a function says, a name that nobody has gets no tokens.
    if (user === undefined) throw incorrectCredentials();
    requireSignInState(user);
    return signedIn(attempt, user);
  }
  if (decision.challengeName === "CUSTOM_CHALLENGE") return createChallenge(attempt, user, custom);
  if (decision.challengeName === "PASSWORD_VERIFIER" && srpA !== undefined) {
    return openSrp(attempt, user, custom.name, srpA, custom);
  }
  throw unrecognizable();
}

async function createChallenge(attempt: Attempt, user: User | undefined, custom: CustomAuth): Promise<Step> {
  const { pool, client, metadata } = attempt;
  const challengeName = "CUSTOM_CHALLENGE";
  const created = await run(attempt, "CreateAuthChallenge_Authentication", user, custom, {
    challengeName,
    session: custom.results,
    clientMetadata: metadata,
  });
  const { publicChallengeParameters: shown, privateChallengeParameters: hidden, challengeMetadata } = created;
  const next = {
    ...custom,
    privateParameters: isObject(hidden) ? hidden : {},
    metadata: typeof challengeMetadata === "string" ? challengeMetadata : null,
  };
  return {
    kind: "challenge",
    name: challengeName,
    session: pool.firstSteps.open(challengeName, user, client, { custom: next }),
    parameters: {
      ...(isObject(shown) ? texts(shown) : {}),
      USERNAME: user?.username ?? pool.decoy(custom.name).username,
    },
  };
}

async function run(
  { pool, client }: Attempt,
  source: `${"DefineAuthChallenge" | "CreateAuthChallenge" | "VerifyAuthChallengeResponse"}_Authentication`,
  user: User | undefined,
  { name }: CustomAuth,
  request: JsonObject,
): Promise<JsonObject> {
  const response = await pool.triggers.run(source, {
    userName: user?.username ?? name,
    clientId: client.id,
    request: {
      userAttributes: user === undefined ? {} : attributesOf(user),
      ...request,
      ...(client.hidesUsers ? { userNotFound: user === undefined } : {}),
    },
  });
  if (response === undefined) {
    throw invalidParameter("Custom auth lambda trigger is not configured for the user pool.");
  }
  return response;
}

function texts(parameters: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
}

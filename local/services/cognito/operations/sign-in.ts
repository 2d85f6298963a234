import type { Operations } from "../../../aws-api/service";
import type { Members } from "../../../kernel/input";
import { answerCustomChallenge, continueCustomAuth, startCustomAuth } from "../custom-auth";
import { proveDevice, startDeviceSrp } from "../device-sign-in";
import { invalidParameter } from "../errors";
import {
  type Attempt,
  afterPassword,
  answerAuthenticatorCode,
  answerNewPassword,
  closeChoice,
  finishMfaSetup,
  offerChoice,
  type Step,
  signInWithPassword,
} from "../sign-in";
import type { SrpProof } from "../srp";
import { proveBySrp, startSrp } from "../srp-sign-in";
import { issueTokens } from "../tokens";
import { type ClientCall, checkSecretHash, clientOperation, type Directory, poolOperation } from "./access";
import { Parameters, requireFlow } from "./parameters";
import { refreshFlow } from "./refresh";
import { metadataIn } from "./shapes";

/** Signing in, and answering challenges. */
export const signInOperations: Operations<Directory> = {
  InitiateAuth: clientOperation((call) => initiate(call, clientFlows)),
  AdminInitiateAuth: poolOperation("AdminInitiateAuth", (pool, input) =>
    initiate({ pool, client: pool.client(input.text("ClientId")), input }, adminFlows),
  ),
  RespondToAuthChallenge: clientOperation(respond),
  AdminRespondToAuthChallenge: poolOperation("AdminRespondToAuthChallenge", (pool, input) =>
    respond({ pool, client: pool.client(input.text("ClientId")), input }),
  ),
};

type Flow = (attempt: Attempt, parameters: Parameters) => Promise<Members>;

const sharedFlows: Readonly<Record<string, Flow>> = {
  REFRESH_TOKEN_AUTH: refreshFlow,
  REFRESH_TOKEN: refreshFlow,
  USER_SRP_AUTH: async (attempt, parameters) => {
    requireFlow(attempt, "ALLOW_USER_SRP_AUTH", "USER_SRP_AUTH is not enabled for the client.");
    return answerOf(attempt, await srpWith(attempt, parameters));
  },
  CUSTOM_AUTH: async (attempt, parameters) => {
    requireFlow(attempt, "ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH is not enabled for the client.");
    const username = usernameIn(attempt, parameters);
    const beginsWithSrp = parameters.get("CHALLENGE_NAME") === "SRP_A";
    const srpA = beginsWithSrp ? parameters.required("SRP_A") : undefined;
    return answerOf(attempt, await startCustomAuth(attempt, username, srpA));
  },
  USER_AUTH: async (attempt, parameters) => {
    requireFlow(attempt, "ALLOW_USER_AUTH", "USER_AUTH is not enabled for the client.");
    const chosen = ways.get(parameters.get("PREFERRED_CHALLENGE") ?? "");
    const username = usernameIn(attempt, parameters);
    return answerOf(attempt, await (chosen?.(attempt, parameters) ?? offerChoice(attempt, username)));
  },
};

const clientFlows: Readonly<Record<string, Flow>> = {
  ...sharedFlows,
  USER_PASSWORD_AUTH: async (attempt, parameters) => {
    requireFlow(attempt, "ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH flow not enabled for this client");
    return answerOf(attempt, await passwordWith(attempt, parameters));
  },
};

const adminFlows: Readonly<Record<string, Flow>> = {
  ...sharedFlows,
  ADMIN_USER_PASSWORD_AUTH: adminPasswordFlow,
  // The older name of the same flow.
  ADMIN_NO_SRP_AUTH: adminPasswordFlow,
};

/** What `USER_AUTH` lets choose. One-time codes and passkeys are not among the pool's factors here. */
const ways: ReadonlyMap<string, (attempt: Attempt, parameters: Parameters) => Promise<Step>> = new Map([
  ["PASSWORD", passwordWith],
  ["PASSWORD_SRP", srpWith],
]);

async function initiate(
  { input, ...call }: ClientCall,
  flows: Readonly<Record<string, Flow>>,
): Promise<Members> {
  const name = input.text("AuthFlow");
  const flow = flows[name];
  const parameters = new Parameters(input.textMap("AuthParameters"));
  const attempt = { ...call, validation: metadataIn(input), deviceKey: parameters.get("DEVICE_KEY") };
  if (flow !== undefined) return flow(attempt, parameters);
  throw invalidParameter("Initiate Auth method not supported.");
}

async function adminPasswordFlow(attempt: Attempt, parameters: Parameters): Promise<Members> {
  requireFlow(attempt, "ALLOW_ADMIN_USER_PASSWORD_AUTH", "Auth flow not enabled for this client");
  return answerOf(attempt, await passwordWith(attempt, parameters));
}

function passwordWith(attempt: Attempt, parameters: Parameters): Promise<Step> {
  const username = parameters.required("USERNAME");
  const password = parameters.required("PASSWORD");
  return signInWithPassword(attempt, usernameIn(attempt, parameters, username), password);
}

function srpWith(attempt: Attempt, parameters: Parameters): Promise<Step> {
  const username = parameters.required("USERNAME");
  const srpA = parameters.required("SRP_A");
  return startSrp(attempt, usernameIn(attempt, parameters, username), srpA);
}

function usernameIn(
  { client }: Attempt,
  parameters: Parameters,
  username = parameters.required("USERNAME"),
): string {
  checkSecretHash(client, username, parameters.get("SECRET_HASH"));
  return username;
}

type ChallengeAnswer = (
  attempt: Attempt,
  responses: Parameters,
  context: { readonly username: string; readonly session: string },
) => Promise<Step>;

const challengeAnswers: Readonly<Record<string, ChallengeAnswer>> = {
  PASSWORD_VERIFIER: async (attempt, responses, { username }) => {
    const { user, custom } = proveBySrp(attempt, proofIn(responses, username));
    return custom === undefined ? afterPassword(attempt, user) : continueCustomAuth(attempt, user, custom);
  },
  CUSTOM_CHALLENGE: async (attempt, responses, context) =>
    answerCustomChallenge(attempt, { ...context, answer: responses.required("ANSWER") }),
  SELECT_CHALLENGE: async (attempt, responses, { username, session }) => {
    const way = ways.get(responses.required("ANSWER"));
    if (way === undefined) throw invalidParameter("The selected challenge is not available for the user.");
    closeChoice(attempt, username, session);
    return way(attempt, responses);
  },
  NEW_PASSWORD_REQUIRED: async (attempt, responses, context) =>
    answerNewPassword(attempt, {
      ...context,
      password: responses.required("NEW_PASSWORD"),
      attributes: responses.startingWith("userAttributes."),
    }),
  SOFTWARE_TOKEN_MFA: async (attempt, responses, context) =>
    answerAuthenticatorCode(attempt, { ...context, code: responses.required("SOFTWARE_TOKEN_MFA_CODE") }),
  MFA_SETUP: async (attempt, _responses, context) => finishMfaSetup(attempt, context),
  DEVICE_SRP_AUTH: async (attempt, responses, context) =>
    startDeviceSrp(attempt, {
      ...context,
      deviceKey: responses.required("DEVICE_KEY"),
      srpA: responses.required("SRP_A"),
    }),
  DEVICE_PASSWORD_VERIFIER: async (attempt, responses, { username }) =>
    proveDevice(attempt, { ...proofIn(responses, username), deviceKey: responses.required("DEVICE_KEY") }),
};

function proofIn(responses: Parameters, username: string): SrpProof {
  return {
    username,
    secretBlock: Buffer.from(responses.required("PASSWORD_CLAIM_SECRET_BLOCK"), "base64"),
    timestamp: responses.required("TIMESTAMP"),
    signature: responses.required("PASSWORD_CLAIM_SIGNATURE"),
  };
}

async function respond({ input, ...call }: ClientCall): Promise<Members> {
  const name = input.text("ChallengeName");
  const responses = new Parameters(input.textMap("ChallengeResponses"));
  const attempt = { ...call, metadata: metadataIn(input), deviceKey: responses.get("DEVICE_KEY") };
  const answer = Object.hasOwn(challengeAnswers, name) ? challengeAnswers[name] : undefined;
  if (answer === undefined)
    throw invalidParameter(`The challenge ${name} is not supported by the local runtime`);
  const username = responses.required("USERNAME");
  checkSecretHash(attempt.client, username, responses.get("SECRET_HASH"));
  return answerOf(
    attempt,
    await answer(attempt, responses, { username, session: input.optionalText("Session") ?? "" }),
  );
}

/** A step in the API's shape: a challenge, or the tokens of a new session. */
async function answerOf({ pool, client, metadata }: Attempt, step: Step): Promise<Members> {
  if (step.kind === "challenge") {
    return {
      ChallengeName: step.name,
      Session: step.session,
      ChallengeParameters: step.parameters,
      AvailableChallenges: step.available,
    };
  }
  const { user, source } = step;
  const isTracked = pool.settings.devices !== undefined;
  const device = step.device ?? (isTracked ? pool.devices.add(user, pool.clock.now()) : undefined);
  const { session, refreshToken } = pool.sessions.open(user, client, undefined, device?.key);
  const tokens = await issueTokens(pool, client, user, session, { source, metadata });
  const isNew = device !== undefined && step.device === undefined;
  return {
    ChallengeParameters: {},
    AuthenticationResult: {
      ...tokens,
      RefreshToken: refreshToken,
      ...(isNew ? { NewDeviceMetadata: { DeviceKey: device.key, DeviceGroupKey: device.groupKey } } : {}),
    },
  };
}

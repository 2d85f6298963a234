import type { Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import type { Members } from "../../../kernel/input";
import { invalidParameter, notAuthorized, userDisabled } from "../errors";
import type { Attempt } from "../sign-in";
import { issueTokens } from "../tokens";
import type { User } from "../users";
import { checkClientSecret, checkSecretHash, clientOperation, type Directory } from "./access";
import { type Parameters, requireFlow } from "./parameters";
import { metadataIn } from "./shapes";

/** New tokens for a refresh token. */
export const refreshOperations: Operations<Directory> = {
  GetTokensFromRefreshToken: clientOperation(async ({ pool, client, input }) => {
    checkClientSecret(client, input.optionalText("ClientSecret"));
    const token = input.text("RefreshToken");
    const deviceKey = input.optionalText("DeviceKey");
    const result = await refresh({ pool, client, deviceKey, metadata: metadataIn(input) }, token, () => {});
    if (client.rotation === undefined) return { AuthenticationResult: result };
    const next = pool.sessions.rotate(token, client.rotation.graceSeconds);
    return { AuthenticationResult: { ...result, RefreshToken: next } };
  }),
};

/** Refreshing by the older way. "Refresh token rotation must be completed with GetTokensFromRefreshToken" (API reference). */
export async function refreshFlow(attempt: Attempt, parameters: Parameters): Promise<Members> {
  const { client } = attempt;
  requireFlow(attempt, "ALLOW_REFRESH_TOKEN_AUTH", "Auth flow not enabled for this client");
  if (client.rotation !== undefined) {
    throw invalidParameter(
      "Refresh token rotation is enabled for this client; use GetTokensFromRefreshToken to refresh",
    );
  }
  const token = parameters.required("REFRESH_TOKEN");
  return {
    ChallengeParameters: {},
    AuthenticationResult: await refresh(attempt, token, ({ username }) =>
      checkSecretHash(client, username, parameters.get("SECRET_HASH")),
    ),
  };
}

/** New tokens of the sign-in that the refresh token belongs to. `prove`: throws for a caller that is not the client. */
async function refresh(
  { pool, client, metadata, deviceKey }: Attempt,
  token: string,
  prove: (user: User) => void,
): Promise<Members> {
  const found = pool.sessions.ofRefreshToken(token);
  const session = found?.session;
  const user = session === undefined ? undefined : pool.users.find(session.sub);
  if (found === undefined || session?.clientId !== client.id || user === undefined) {
    throw notAuthorized("Invalid Refresh Token");
  }
  prove(user);
  // "you must pass the device key" where devices are tracked (Developer Guide, Working with user devices).
  const isOnDevice = pool.devices.confirmed(user).some(({ key }) => key === session.deviceKey);
  if (isOnDevice && deviceKey !== session.deviceKey) throw notAuthorized("Invalid Refresh Token");
  if (session.revoked) throw notAuthorized("Refresh Token has been revoked");
  const now = pool.clock.now();
  if (session.expiresAt <= now) throw notAuthorized("Refresh Token has expired");
  if (found.endsAt <= now) {
    throw new AwsError("RefreshTokenReuseException", "Refresh token was rotated and can not be used again");
  }
  if (!user.enabled) throw userDisabled();
  return issueTokens(pool, client, user, session, { source: "TokenGeneration_RefreshTokens", metadata });
}

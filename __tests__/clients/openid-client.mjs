// openid-client as a server-side app uses it, unmodified but for the address.
import * as openid from "openid-client";

let given = {};
let config;
let attempt;
let tokens;

const steps = {
  discover: async () => {
    config = await openid.discovery(new URL(given.discovery), given.clientId, undefined, openid.None(), {
      execute: [openid.allowInsecureRequests],
    });
    const { issuer, authorization_endpoint: authorize } = config.serverMetadata();
    return { issuer, authorize };
  },
  begin: async () => {
    const verifier = openid.randomPKCECodeVerifier();
    attempt = { verifier, state: openid.randomState(), nonce: openid.randomNonce() };
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: given.callback,
      scope: "openid email",
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...{ state: attempt.state, nonce: attempt.nonce },
    });
    return url.href;
  },
  finish: async () => {
    tokens = await openid.authorizationCodeGrant(config, new URL(given.answer), {
      pkceCodeVerifier: attempt.verifier,
      expectedState: attempt.state,
      expectedNonce: given.nonce ?? attempt.nonce,
      idTokenExpected: true,
    });
    return tokens.claims();
  },
  userInfo: () => openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub),
  refresh: async () => {
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token);
    return { sub: renewed.claims().sub, isAnother: renewed.access_token !== tokens.access_token };
  },
  revoke: async () => {
    await openid.tokenRevocation(config, tokens.refresh_token);
    return "revoked";
  },
};

export function run(options) {
  given = options;
  return steps[given.step]().catch(({ name, code, message, error }) => ({
    error: error ?? code ?? name,
    message,
  }));
}

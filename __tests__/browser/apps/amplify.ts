import { Amplify } from "aws-amplify";
import "aws-amplify/auth/enable-oauth-listener";
import {
  confirmResetPassword,
  fetchAuthSession,
  fetchUserAttributes,
  getCurrentUser,
  resetPassword,
  signIn,
  signInWithRedirect,
  signOut,
  updateUserAttributes,
} from "aws-amplify/auth";
import { Hub } from "aws-amplify/utils";
import type { AppConfig } from "../support/app-server";

/** aws-amplify in a page, unmodified but for its configuration. */
declare const CONFIG: AppConfig;

const { domain, callback, signedOut } = CONFIG;
Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: CONFIG.poolId,
      userPoolClientId: CONFIG.clientId,
      userPoolEndpoint: CONFIG.endpoint,
      loginWith: {
        oauth: {
          ...{ domain, redirectSignIn: [callback], redirectSignOut: [signedOut], responseType: "code" },
          scopes: ["openid", "email"],
        },
      },
    },
  },
});
Hub.listen("auth", ({ payload }) => {
  document.title = payload.event;
});

const app = {
  signIn: async (
    username: string,
    password: string,
    authFlowType: "USER_SRP_AUTH" | "USER_PASSWORD_AUTH",
  ) => {
    const { nextStep } = await signIn({ username, password, options: { authFlowType } });
    return nextStep.signInStep;
  },
  signInWithRedirect: () => signInWithRedirect(),
  session: async () => {
    const { tokens } = await fetchAuthSession();
    return { idToken: tokens?.idToken?.toString(), access: tokens?.accessToken.payload };
  },
  user: async () => (await getCurrentUser()).signInDetails?.loginId,
  rename: async (name: string) => {
    await updateUserAttributes({ userAttributes: { name } });
    return fetchUserAttributes();
  },
  reset: async (username: string) => (await resetPassword({ username })).nextStep.resetPasswordStep,
  confirmReset: (username: string, confirmationCode: string, newPassword: string) =>
    confirmResetPassword({ username, confirmationCode, newPassword }),
  signOut: () => signOut(),
};
Object.assign(globalThis, { app });

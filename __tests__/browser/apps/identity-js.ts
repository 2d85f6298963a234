import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
  type CognitoUserSession,
} from "amazon-cognito-identity-js";
import type { AppConfig } from "../support/app-server";

/** amazon-cognito-identity-js in a page, unmodified but for its configuration. */
declare const CONFIG: AppConfig;

const pool = new CognitoUserPool({
  UserPoolId: CONFIG.poolId,
  ClientId: CONFIG.clientId,
  endpoint: CONFIG.endpoint,
});

/** A call of the library, which takes a callback, as a promise. */
const call = <T>(run: (done: (error: unknown, value: T | undefined) => void) => void) =>
  new Promise<T | undefined>((resolve, reject) =>
    run((error, value) => (error ? reject(error) : resolve(value))),
  );

const userOf = (name: string) => new CognitoUser({ Username: name, Pool: pool });
const current = async () => {
  const user = pool.getCurrentUser();
  if (user === null) throw new Error("nobody is signed in");
  const session = await call<CognitoUserSession>((done) =>
    user.getSession((...[error, value]: [Error, null] | [null, CognitoUserSession]) =>
      done(error, value ?? undefined),
    ),
  );
  return { user, session };
};

const app = {
  signIn: (name: string, password: string, flow: string) => {
    const user = userOf(name);
    user.setAuthenticationFlowType(flow);
    return new Promise((resolve, reject) =>
      user.authenticateUser(new AuthenticationDetails({ Username: name, Password: password }), {
        onSuccess: (session) => resolve(session.getIdToken().payload.email),
        onFailure: reject,
      }),
    );
  },
  idToken: async () => (await current()).session?.getIdToken().getJwtToken(),
  rename: async (name: string) => {
    const { user } = await current();
    await call((done) =>
      user.updateAttributes([new CognitoUserAttribute({ Name: "name", Value: name })], done),
    );
    const attributes = await call<CognitoUserAttribute[]>((done) =>
      user.getUserAttributes((error, value) => done(error, value)),
    );
    return Object.fromEntries((attributes ?? []).map((each) => [each.getName(), each.getValue()]));
  },
  reset: (name: string) =>
    new Promise((resolve, reject) =>
      userOf(name).forgotPassword({ onSuccess: () => resolve("sent"), onFailure: reject }),
    ),
  confirmReset: (name: string, code: string, password: string) =>
    new Promise<void>((resolve, reject) =>
      userOf(name).confirmPassword(code, password, { onSuccess: () => resolve(), onFailure: reject }),
    ),
  signOut: async () => (await current()).user.signOut(),
};
Object.assign(globalThis, { app });

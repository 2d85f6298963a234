// aws-amplify as an app uses it, unmodified but for the address.
import { createRequire } from "node:module";

// Its CommonJS modules: a third faster to load than the hundreds of ES modules.
const require = createRequire(import.meta.url);
const { Amplify } = require("aws-amplify");
const {
  confirmResetPassword,
  confirmSignIn,
  confirmSignUp,
  confirmUserAttribute,
  deleteUserAttributes,
  fetchAuthSession,
  fetchDevices,
  fetchUserAttributes,
  forgetDevice,
  getCurrentUser,
  rememberDevice,
  resetPassword,
  sendUserAttributeVerificationCode,
  signIn,
  signOut,
  signUp,
  updatePassword,
  updateUserAttributes,
} = require("aws-amplify/auth");

// Node.js has one from 21 on. Amplify names a device by it, and without it confirms none.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node}` };

let given = {};

const credentials = () => ({ username: given.username, password: given.password });
/** With the password, unless a test asks for another way: SRP takes the library's big integers 0.2 s. */
const enter = () =>
  signIn({ ...credentials(), options: given.flow ?? { authFlowType: "USER_PASSWORD_AUTH" } });
const claims = async (options) => {
  const { tokens } = await fetchAuthSession(options);
  return { id: tokens?.idToken?.payload, access: tokens?.accessToken.payload };
};

const steps = {
  signIn: async () => {
    const { nextStep } = await enter();
    const { id } = await claims();
    return { nextStep, email: id?.email, user: await getCurrentUser() };
  },
  refresh: async () => {
    await enter();
    const before = await claims();
    const after = await claims({ forceRefresh: true });
    return { before: before.access, after: after.access };
  },
  attributes: async () => {
    await enter();
    const updated = await updateUserAttributes({ userAttributes: { name: "Ada", nickname: "a" } });
    await deleteUserAttributes({ userAttributeKeys: ["nickname"] });
    return { updated, attributes: await fetchUserAttributes() };
  },
  sendCode: async () => {
    await enter();
    return sendUserAttributeVerificationCode({ userAttributeKey: "email" });
  },
  confirmAttribute: async () => {
    await enter();
    await confirmUserAttribute({ userAttributeKey: "email", confirmationCode: given.code });
    return fetchUserAttributes();
  },
  devices: async () => {
    await enter();
    return fetchDevices();
  },
  /** Signs in on a device, which the library confirms, again on it, and forgets it. */
  rememberedDevice: async () => {
    await enter();
    await rememberDevice();
    const [first] = await fetchDevices();
    await signOut();
    await enter();
    const { tokens } = await fetchAuthSession({ forceRefresh: true });
    const again = await fetchDevices();
    await forgetDevice();
    return {
      ...{ name: first.name, isSame: first.id === again[0].id, devices: again.length },
      isInToken: tokens.accessToken.payload.device_key === first.id,
      left: (await fetchDevices()).length,
    };
  },
  signUp: () => signUp({ ...credentials(), options: { userAttributes: { email: given.username } } }),
  confirmSignUp: () => confirmSignUp({ username: given.username, confirmationCode: given.code }),
  resetPassword: () => resetPassword({ username: given.username }),
  confirmReset: async () => {
    await confirmResetPassword({
      username: given.username,
      confirmationCode: given.code,
      newPassword: given.newPassword,
    });
    given.password = given.newPassword;
    return enter();
  },
  customChallenge: async () => {
    const { authFlowType, username, password } = given;
    const proof = authFlowType === "CUSTOM_WITH_SRP" ? { password } : {};
    const { nextStep } = await signIn({ username, ...proof, options: { authFlowType } });
    const { isSignedIn } = await confirmSignIn({ challengeResponse: given.answer });
    return { asked: nextStep, isSignedIn };
  },
  newPassword: async () => {
    const first = await enter();
    const second = await confirmSignIn({ challengeResponse: given.newPassword });
    return { first: first.nextStep, second: second.nextStep };
  },
  changePassword: async () => {
    await enter();
    await updatePassword({ oldPassword: given.password, newPassword: given.newPassword });
    await signOut({ global: true });
    given.password = given.newPassword;
    return enter();
  },
};

export async function run(options) {
  given = options;
  const { endpoint, userPoolId, clientId } = given;
  Amplify.configure({
    Auth: { Cognito: { userPoolId, userPoolClientId: clientId, userPoolEndpoint: endpoint } },
  });
  const answer = await steps[given.step]().catch(({ name, message }) => ({ error: name, message }));
  await signOut();
  return answer;
}

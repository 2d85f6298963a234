// amazon-cognito-identity-js as an app uses it, unmodified but for the address.
import { createHmac } from "node:crypto";
import cognito from "amazon-cognito-identity-js";

const { AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool } = cognito;
let given = {};
let pool;
let user;

/** A call of the library, which takes a callback, as a promise. */
const call = (run) =>
  new Promise((resolve, reject) => run((error, value) => (error ? reject(error) : resolve(value))));

const handlers = (resolve, reject) => ({
  onSuccess: (session) => resolve({ session: session.getIdToken?.().payload ?? session }),
  onFailure: reject,
  newPasswordRequired: (attributes, required) => resolve({ newPasswordRequired: { attributes, required } }),
  totpRequired: (name) => resolve({ totpRequired: name }),
});

const enter = () =>
  new Promise((resolve, reject) =>
    user.authenticateUser(
      new AuthenticationDetails({ Username: given.username, Password: given.password }),
      handlers(resolve, reject),
    ),
  );

/** As an app finds its user signed in when it starts again: even to begin a sign-in takes the library's big integers 0.15 s. */
const resume = () => call((done) => user.getSession(done)).catch(enter);

/** RFC 6238, for the secret in base 32. */
function authenticatorCode(secret) {
  const bits = [...secret].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  const bytes = (bits.join("").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", Buffer.from(bytes)).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const steps = {
  signIn: enter,
  refresh: async () => {
    await resume();
    const session = await call((done) =>
      user.refreshSession(user.getSignInUserSession().getRefreshToken(), done),
    );
    return session.getAccessToken().payload;
  },
  attributes: async () => {
    await resume();
    const changed = [new CognitoUserAttribute({ Name: "name", Value: "Ada" })];
    await call((done) => user.updateAttributes(changed, done));
    return call((done) => user.getUserAttributes(done));
  },
  devices: async () => {
    await resume();
    return new Promise((resolve, reject) =>
      user.listDevices(10, null, { onSuccess: resolve, onFailure: reject }),
    );
  },
  /** Signs in on a device, which the library confirms, again on it, and forgets it. */
  rememberedDevice: async () => {
    const withCallbacks = (run) => new Promise((onSuccess, onFailure) => run({ onSuccess, onFailure }));
    await enter();
    await withCallbacks((done) => user.setDeviceStatusRemembered(done));
    const { Devices } = await withCallbacks((done) => user.listDevices(10, null, done));
    const again = await enter();
    const key = user.getSignInUserSession().getAccessToken().payload.device_key;
    await call((done) => user.refreshSession(user.getSignInUserSession().getRefreshToken(), done));
    await withCallbacks((done) => user.forgetDevice(done));
    const left = await withCallbacks((done) => user.listDevices(10, null, done));
    return {
      ...{ devices: Devices.length, isInToken: key === Devices[0].DeviceKey, left: left.Devices.length },
      email: again.session.email,
    };
  },
  signUp: () => call((done) => pool.signUp(given.username, given.password, [], [], done)),
  confirmSignUp: () => call((done) => user.confirmRegistration(given.code, true, done)),
  newPassword: async () => {
    const first = await enter();
    const second = await new Promise((resolve, reject) =>
      user.completeNewPasswordChallenge(given.newPassword, {}, handlers(resolve, reject)),
    );
    return { first, second };
  },
  authenticatorApp: async () => {
    await enter();
    const secret = await new Promise((resolve, reject) =>
      user.associateSoftwareToken({ associateSecretCode: resolve, onFailure: reject }),
    );
    await new Promise((resolve, reject) =>
      user.verifySoftwareToken(authenticatorCode(secret), "phone", { onSuccess: resolve, onFailure: reject }),
    );
    await call((done) => user.setUserMfaPreference(null, { PreferredMfa: true, Enabled: true }, done));
    return enter();
  },
};

export async function run(options) {
  given = options;
  const { endpoint, userPoolId, clientId } = given;
  pool = new CognitoUserPool({ UserPoolId: userPoolId, ClientId: clientId, endpoint });
  user = new CognitoUser({ Username: given.username, Pool: pool });
  user.setAuthenticationFlowType(given.flow ?? "USER_PASSWORD_AUTH");
  return steps[given.step]().catch(({ code, message }) => ({ error: code, message }));
}

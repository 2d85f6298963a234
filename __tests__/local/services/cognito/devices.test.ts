import type { Members } from "../../../../local/kernel/input";
import { authenticatorCode, fromBase32 } from "../../../../local/services/cognito/authenticator-code";
import { answerTo, beginAttempt, createVerifier } from "../../../../local/services/cognito/srp";
import type { Values } from "../../../support/deployment";
import { clientResource, decode, members, password, poolResource, TestDirectory, tokensIn } from "./fixture";

const Username = "ada@example.com";
const UserPoolId = "us-east-1_Pool1";
const devicePassword = "a device makes one for itself";

const flows = { explicit_auth_flows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] };

async function directoryWith(devices: Values | undefined, more: Values = {}): Promise<TestDirectory> {
  const directory = await TestDirectory.of(
    poolResource(1, { ...(devices === undefined ? {} : { device_configuration: [devices] }), ...more }),
    clientResource("client1", 1, flows),
  );
  directory.confirmedUser(Username);
  directory.confirmedUser("eve@example.com");
  return directory;
}

const always = { device_only_remembered_on_user_prompt: false, challenge_required_on_new_device: false };

interface NewDevice {
  readonly DeviceKey: string;
  readonly DeviceGroupKey: string;
}
const deviceIn = (answer: Members) =>
  members(answer.AuthenticationResult).NewDeviceMetadata as NewDevice | undefined;

/** A sign-in with the password, on a device where one is named. */
function signInOn(directory: TestDirectory, DEVICE_KEY?: string, USERNAME = Username): Promise<Members> {
  return directory.call("InitiateAuth", {
    ClientId: "client1",
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME, PASSWORD: password, ...(DEVICE_KEY === undefined ? {} : { DEVICE_KEY }) },
  });
}

/** Signs in on a new device and confirms it, as a library does. */
async function confirmedDevice(
  directory: TestDirectory,
): Promise<NewDevice & { readonly confirmation: Members }> {
  const answer = await signInOn(directory);
  const { DeviceKey, DeviceGroupKey } = deviceIn(answer) ?? { DeviceKey: "", DeviceGroupKey: "" };
  const { salt, verifier } = createVerifier(DeviceGroupKey, DeviceKey, devicePassword);
  const bytes = (value: bigint) => {
    const hex = value.toString(16);
    return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").toString("base64");
  };
  const confirmation = await directory.call("ConfirmDevice", {
    AccessToken: tokensIn(answer).access,
    DeviceKey,
    DeviceName: "Ada's laptop",
    DeviceSecretVerifierConfig: { Salt: bytes(salt), PasswordVerifier: bytes(verifier) },
  });
  return { DeviceKey, DeviceGroupKey, confirmation };
}

/** Answers `DEVICE_SRP_AUTH`, and the input that answers what comes of it. */
async function deviceProof(
  directory: TestDirectory,
  challenge: Members,
  { DeviceKey, DeviceGroupKey }: NewDevice,
  secret = devicePassword,
): Promise<Members> {
  const attempt = beginAttempt();
  const { ChallengeParameters } = await directory.call("RespondToAuthChallenge", {
    ...{ ClientId: "client1", ChallengeName: "DEVICE_SRP_AUTH", Session: challenge.Session },
    ChallengeResponses: { USERNAME: Username, DEVICE_KEY: DeviceKey, SRP_A: attempt.srpA },
  });
  const parameters = ChallengeParameters as Record<string, string>;
  const responses = answerTo(
    DeviceGroupKey,
    attempt,
    { ...parameters, USER_ID_FOR_SRP: DeviceKey },
    secret,
    new Date(directory.clock.now()),
  );
  return {
    ...{ ClientId: "client1", ChallengeName: "DEVICE_PASSWORD_VERIFIER" },
    ChallengeResponses: { ...responses, USERNAME: Username, DEVICE_KEY: DeviceKey },
  };
}

test("a pool without device tracking tells of no device, and takes no notice of one", async () => {
  const directory = await directoryWith(undefined);

  expect(deviceIn(await signInOn(directory))).toBeUndefined();
  expect(await signInOn(directory, "us-east-1_7f0e2a4c-1111-4222-8333-444455556666")).toHaveProperty(
    "AuthenticationResult",
  );
});

describe("a pool that always remembers devices", () => {
  let directory: TestDirectory;
  beforeEach(async () => {
    directory = await directoryWith(always);
  });

  test("gives a new one with each sign-in that names none, and the access token says which", async () => {
    const answer = await signInOn(directory);

    expect(deviceIn(answer)).toEqual({
      DeviceKey: expect.stringMatching(/^us-east-1_[0-9a-f-]{36}$/),
      DeviceGroupKey: expect.stringMatching(/^-[A-Za-z0-9]{8}$/),
    });
    expect(decode(tokensIn(answer).access).device_key).toBe(deviceIn(answer)?.DeviceKey);
    expect(decode(tokensIn(answer).id)).not.toHaveProperty("device_key");
  });

  test("lists it once it is confirmed, and not before", async () => {
    const { access } = tokensIn(await signInOn(directory));
    expect(await directory.call("ListDevices", { AccessToken: access })).toEqual({ Devices: [] });

    const { DeviceKey, confirmation } = await confirmedDevice(directory);

    expect(confirmation).toEqual({ UserConfirmationNecessary: false });
    const { Devices } = await directory.call("ListDevices", { AccessToken: access });
    expect(Devices).toEqual([
      {
        DeviceKey,
        DeviceAttributes: expect.arrayContaining([
          { Name: "device_status", Value: "valid" },
          { Name: "device_name", Value: "Ada's laptop" },
          { Name: "dev:device_remembered_status", Value: "remembered" },
        ]),
        ...{ DeviceCreateDate: expect.any(Number), DeviceLastModifiedDate: expect.any(Number) },
        DeviceLastAuthenticatedDate: expect.any(Number),
      },
    ]);
    const byAdministrator = { UserPoolId, Username, DeviceKey };
    expect(await directory.call("AdminGetDevice", byAdministrator)).toEqual({
      Device: (Devices as readonly unknown[])[0],
    });
  });

  test("has the device proved after the password, and tells of no new one", async () => {
    const device = await confirmedDevice(directory);

    const challenge = await signInOn(directory, device.DeviceKey);
    expect(challenge).toMatchObject({
      ChallengeName: "DEVICE_SRP_AUTH",
      ChallengeParameters: { DEVICE_KEY: device.DeviceKey },
    });
    const answer = await directory.call(
      "RespondToAuthChallenge",
      await deviceProof(directory, challenge, device),
    );

    expect(deviceIn(answer)).toBeUndefined();
    expect(decode(tokensIn(answer).access).device_key).toBe(device.DeviceKey);
  });

  test("refuses whoever has the password and the key of the device, and not its secret; a proof works once", async () => {
    const device = await confirmedDevice(directory);
    const wrong = await deviceProof(
      directory,
      await signInOn(directory, device.DeviceKey),
      device,
      "guessed",
    );
    const right = await deviceProof(directory, await signInOn(directory, device.DeviceKey), device);

    expect(await directory.refusal("RespondToAuthChallenge", wrong)).toBe(
      "NotAuthorizedException: Incorrect username or password.",
    );
    await directory.call("RespondToAuthChallenge", right);
    expect(await directory.refusal("RespondToAuthChallenge", right)).toMatch(
      /^NotAuthorizedException: Invalid session/,
    );
  });

  test("does not know another user's device", async () => {
    const { DeviceKey } = await confirmedDevice(directory);

    await expect(signInOn(directory, DeviceKey, "eve@example.com")).rejects.toMatchObject({
      code: "ResourceNotFoundException",
      message: "Device does not exist.",
    });
  });

  test("refreshes with the key of the device that the sign-in was on, and not without it", async () => {
    const device = await confirmedDevice(directory);
    const challenge = await signInOn(directory, device.DeviceKey);
    const { refresh } = tokensIn(
      await directory.call("RespondToAuthChallenge", await deviceProof(directory, challenge, device)),
    );
    const input = { ClientId: "client1", AuthFlow: "REFRESH_TOKEN_AUTH" };
    const withKey = { REFRESH_TOKEN: refresh, DEVICE_KEY: device.DeviceKey };

    expect(
      await directory.refusal("InitiateAuth", { ...input, AuthParameters: { REFRESH_TOKEN: refresh } }),
    ).toBe("NotAuthorizedException: Invalid Refresh Token");
    expect(await directory.call("InitiateAuth", { ...input, AuthParameters: withKey })).toHaveProperty(
      "AuthenticationResult.AccessToken",
    );
    expect(
      await directory.call("GetTokensFromRefreshToken", {
        ...{ ClientId: "client1", RefreshToken: refresh, DeviceKey: device.DeviceKey },
      }),
    ).toHaveProperty("AuthenticationResult.AccessToken");
  });

  test("forgets it when its user does, and knows it no more", async () => {
    const { DeviceKey } = await confirmedDevice(directory);
    const { access: AccessToken } = tokensIn(await signInOn(directory));

    await directory.call("ForgetDevice", { AccessToken, DeviceKey });

    expect(await directory.call("ListDevices", { AccessToken })).toEqual({ Devices: [] });
    await expect(signInOn(directory, DeviceKey)).rejects.toMatchObject({ message: "Device does not exist." });
  });

  test("confirms a device once, and not without what proves it", async () => {
    const answer = await signInOn(directory);
    const { DeviceKey = "" } = deviceIn(answer) ?? {};
    const input = { AccessToken: tokensIn(answer).access, DeviceKey };
    const DeviceSecretVerifierConfig = { Salt: "AQ==", PasswordVerifier: "Ag==" };

    expect(await directory.refusal("ConfirmDevice", input)).toMatch(/^InvalidParameterException: /);
    await directory.call("ConfirmDevice", { ...input, DeviceSecretVerifierConfig });
    expect(await directory.refusal("ConfirmDevice", { ...input, DeviceSecretVerifierConfig })).toMatch(
      /^InvalidParameterException: Device is already confirmed/,
    );
  });
});

describe("a device and the second factor", () => {
  /** A user with an authenticator app, and a device that is confirmed. */
  async function careful(devices: Values) {
    const directory = await directoryWith(devices, {
      mfa_configuration: "OPTIONAL",
      software_token_mfa_configuration: [{ enabled: true }],
    });
    const device = await confirmedDevice(directory);
    const { access: AccessToken } = tokensIn(await signInOn(directory));
    const { SecretCode } = await directory.call("AssociateSoftwareToken", { AccessToken });
    const secret = fromBase32(String(SecretCode));
    const code = () => authenticatorCode(secret, directory.clock.now());
    await directory.call("VerifySoftwareToken", { AccessToken, UserCode: code() });
    await directory.call("SetUserMFAPreference", {
      AccessToken,
      SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
    });
    return { directory, device, code };
  }

  test("a remembered one takes its place where the pool says so", async () => {
    const { directory, device } = await careful({ ...always, challenge_required_on_new_device: true });

    expect(await signInOn(directory, device.DeviceKey)).toMatchObject({ ChallengeName: "DEVICE_SRP_AUTH" });
    expect(await signInOn(directory)).toMatchObject({ ChallengeName: "SOFTWARE_TOKEN_MFA" });
  });

  test("comes after it where the pool does not", async () => {
    const { directory, device, code } = await careful(always);

    const factor = await signInOn(directory, device.DeviceKey);
    expect(factor).toMatchObject({ ChallengeName: "SOFTWARE_TOKEN_MFA" });
    directory.clock.advance({ seconds: 60 });
    expect(
      await directory.call("RespondToAuthChallenge", {
        ...{ ClientId: "client1", ChallengeName: "SOFTWARE_TOKEN_MFA", Session: factor.Session },
        ChallengeResponses: {
          ...{ USERNAME: Username, SOFTWARE_TOKEN_MFA_CODE: code(), DEVICE_KEY: device.DeviceKey },
        },
      }),
    ).toMatchObject({ ChallengeName: "DEVICE_SRP_AUTH" });
  });

  test("does not where the user was to be asked, and was not", async () => {
    const onPrompt = { device_only_remembered_on_user_prompt: true, challenge_required_on_new_device: true };
    const { directory, device } = await careful(onPrompt);
    expect(device.confirmation).toEqual({ UserConfirmationNecessary: true });
    expect(await signInOn(directory, device.DeviceKey)).toMatchObject({
      ChallengeName: "SOFTWARE_TOKEN_MFA",
    });

    await directory.call("AdminUpdateDeviceStatus", {
      ...{ UserPoolId, Username, DeviceKey: device.DeviceKey, DeviceRememberedStatus: "remembered" },
    });

    expect(await signInOn(directory, device.DeviceKey)).toMatchObject({ ChallengeName: "DEVICE_SRP_AUTH" });
  });
});

import type { Operations } from "../../../aws-api/service";
import type { Input, Members } from "../../../kernel/input";
import { pageOf } from "../../../kernel/paging";
import type { Device } from "../devices";
import { invalidParameter } from "../errors";
import type { SrpVerifier } from "../srp";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import { type Directory, ownOperation, userOperation } from "./access";
import { limitIn, toSeconds } from "./shapes";

/** The devices that a pool with `device_configuration` remembers; in another pool there are none. */
export const deviceOperations: Operations<Directory> = {
  ConfirmDevice: ownOperation(({ pool, user }, input) => {
    const { devices } = pool.settings;
    const { key } = find(pool, user, input);
    const config = input.optionalStructure("DeviceSecretVerifierConfig");
    if (config === undefined) throw invalidParameter("Device secret verifier is missing.");
    const name = input.optionalText("DeviceName");
    const device = pool.devices.confirm(user, key, verifierIn(config), name, pool.clock.now());
    device.remembered = devices?.onPrompt === false;
    return { UserConfirmationNecessary: devices?.onPrompt === true };
  }),
  ListDevices: ownOperation(({ pool, user }, input) => list(pool, user, input)),
  GetDevice: ownOperation(({ pool, user }, input) => ({ Device: shown(find(pool, user, input)) })),
  ForgetDevice: ownOperation(({ pool, user }, input) => forget(pool, user, input)),
  UpdateDeviceStatus: ownOperation(({ pool, user }, input) => update(pool, user, input)),
  AdminListDevices: userOperation("AdminListDevices", list),
  AdminGetDevice: userOperation("AdminGetDevice", (pool, user, input) => ({
    Device: shown(find(pool, user, input)),
  })),
  AdminForgetDevice: userOperation("AdminForgetDevice", forget),
  AdminUpdateDeviceStatus: userOperation("AdminUpdateDeviceStatus", update),
};

/** A client sends both in base64: the bytes of the two numbers. */
function verifierIn(input: Input): SrpVerifier {
  const number = (name: string) => {
    const hex = Buffer.from(input.text(name), "base64").toString("hex");
    if (hex === "") throw invalidParameter("Invalid device secret verifier.");
    return BigInt(`0x${hex}`);
  };
  return { salt: number("Salt"), verifier: number("PasswordVerifier") };
}

function find(pool: UserPool, user: User, input: Input): Device {
  return pool.devices.require(user, input.text("DeviceKey"));
}

function list(pool: UserPool, user: User, input: Input): Members {
  const { items, nextToken } = pageOf(pool.devices.confirmed(user), {
    keyOf: ({ key }) => key,
    token: input.optionalText("PaginationToken"),
    limit: limitIn(input),
    invalidToken: () => invalidParameter("Invalid pagination token."),
  });
  return { Devices: items.map(shown), PaginationToken: nextToken };
}

function forget(pool: UserPool, user: User, input: Input): Members {
  pool.devices.forget(user, input.text("DeviceKey"));
  return {};
}

function update(pool: UserPool, user: User, input: Input): Members {
  const device = find(pool, user, input);
  const status = input.optionalText("DeviceRememberedStatus");
  if (status !== undefined) device.remembered = status === "remembered";
  device.modifiedAt = pool.clock.now();
  return {};
}

function shown(device: Device): Members {
  return {
    DeviceKey: device.key,
    DeviceAttributes: [
      { Name: "device_status", Value: "valid" },
      ...(device.name === undefined ? [] : [{ Name: "device_name", Value: device.name }]),
      { Name: "dev:device_remembered_status", Value: device.remembered ? "remembered" : "not_remembered" },
    ],
    DeviceCreateDate: toSeconds(device.createdAt),
    DeviceLastModifiedDate: toSeconds(device.modifiedAt),
    DeviceLastAuthenticatedDate: toSeconds(device.lastAuthenticatedAt),
  };
}

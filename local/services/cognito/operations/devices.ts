import type { Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import { type Directory, ownOperation, userOperation } from "./access";
import { limitIn } from "./shapes";

/**
 * Remembered devices, of which there are none: no sign-in brings a device key, as in a pool without
 * `device_configuration`. The libraries list them all the same.
 */
export const deviceOperations: Operations<Directory> = {
  ListDevices: ownOperation((_owner, input) => {
    limitIn(input);
    return { Devices: [] };
  }),
  GetDevice: ownOperation((_owner, input) => unknownDevice(input.text("DeviceKey"))),
  ForgetDevice: ownOperation((_owner, input) => unknownDevice(input.text("DeviceKey"))),
  ConfirmDevice: ownOperation((_owner, input) => unknownDevice(input.text("DeviceKey"))),
  UpdateDeviceStatus: ownOperation((_owner, input) => unknownDevice(input.text("DeviceKey"))),
  AdminListDevices: userOperation("AdminListDevices", (_pool, _user, input) => {
    limitIn(input);
    return { Devices: [] };
  }),
  AdminGetDevice: userOperation("AdminGetDevice", (_pool, _user, input) =>
    unknownDevice(input.text("DeviceKey")),
  ),
  AdminForgetDevice: userOperation("AdminForgetDevice", (_pool, _user, input) =>
    unknownDevice(input.text("DeviceKey")),
  ),
  AdminUpdateDeviceStatus: userOperation("AdminUpdateDeviceStatus", (_pool, _user, input) =>
    unknownDevice(input.text("DeviceKey")),
  ),
};

function unknownDevice(_key: string): never {
  throw new AwsError("ResourceNotFoundException", "Device does not exist.");
}

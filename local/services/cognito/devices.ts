import { randomBytes, randomUUID } from "node:crypto";
import { AwsError } from "../../kernel/aws-error";
import { ALPHANUMERIC, seededId } from "../../kernel/ids";
import { invalidParameter } from "./errors";
import type { SrpVerifier } from "./srp";
import type { User } from "./users";

/** How a pool remembers devices ("Working with user devices in your user pool", Amazon Cognito Developer Guide). */
export interface DeviceTracking {
  /** Whether a device counts only once `UpdateDeviceStatus` says so, because the app asked its user. */
  readonly onPrompt: boolean;
  /** Whether a remembered device takes the place of the second factor. */
  readonly replacesSecondFactor: boolean;
}

/** What a user signs in with: a browser, a phone. */
export interface Device {
  /** `us-east-1_` and a UUID. */
  readonly key: string;
  /** What the device's password is bound to: `-Ab12Cd34`. */
  readonly groupKey: string;
  readonly createdAt: number;
  modifiedAt: number;
  lastAuthenticatedAt: number;
  name: string | undefined;
  remembered: boolean;
  /** Of the password that the device made for itself; `undefined` until `ConfirmDevice`. */
  verifier: SrpVerifier | undefined;
}

/** Sign-ins without a device key bring new devices that nobody may ever confirm: the oldest of those go. */
const DEVICES_A_USER = 100;

/** The devices of a pool's users. */
export class Devices {
  readonly #ofUsers = new Map<string, Map<string, Device>>();

  constructor(private readonly region: string) {}

  /** A device that a sign-in brought. */
  add(user: User, now: number): Device {
    const devices = this.#ofUsers.get(user.sub) ?? new Map<string, Device>();
    const [oldest] = [...devices.values()].filter(({ verifier }) => verifier === undefined);
    if (devices.size >= DEVICES_A_USER && oldest !== undefined) devices.delete(oldest.key);
    const device: Device = {
      key: `${this.region}_${randomUUID()}`,
      groupKey: `-${seededId(randomBytes(16).toString("hex"), 8, ALPHANUMERIC)}`,
      ...{ createdAt: now, modifiedAt: now, lastAuthenticatedAt: now },
      ...{ name: undefined, remembered: false, verifier: undefined },
    };
    this.#ofUsers.set(user.sub, devices.set(device.key, device));
    return device;
  }

  /** @throws AwsError for one that the user does not have: amazon-cognito-identity-js goes by its code and the word "device" */
  require(user: User, key: string): Device {
    const device = this.#ofUsers.get(user.sub)?.get(key);
    if (device === undefined) throw new AwsError("ResourceNotFoundException", "Device does not exist.");
    return device;
  }

  /** Those that were confirmed, the oldest first. */
  confirmed(user: User): Device[] {
    return [...(this.#ofUsers.get(user.sub)?.values() ?? [])].filter(
      ({ verifier }) => verifier !== undefined,
    );
  }

  confirm(user: User, key: string, verifier: SrpVerifier, name: string | undefined, now: number): Device {
    const device = this.require(user, key);
    if (device.verifier !== undefined) throw invalidParameter("Device is already confirmed.");
    return Object.assign(device, { verifier, name, modifiedAt: now });
  }

  forget(user: User, key: string): void {
    this.require(user, key);
    this.#ofUsers.get(user.sub)?.delete(key);
  }

  /** For a user that is deleted. */
  drop(sub: string): void {
    this.#ofUsers.delete(sub);
  }
}

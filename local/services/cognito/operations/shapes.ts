import { maskAddress } from "../confirmation-code";
import type { User } from "../users";

export interface NamedValue {
  readonly Name: string;
  readonly Value: string;
}

/** `AttributeListType`, the `sub` first. */
export function attributeList(user: User): NamedValue[] {
  return [["sub", user.sub], ...user.attributes].map(([Name = "", Value = ""]) => ({ Name, Value }));
}

/** Timestamps are seconds in this protocol. */
export function toSeconds(timeMs: number): number {
  return timeMs / 1000;
}

/** The members that `UserType` and `AdminGetUser` share. */
export function userSummary(user: User): Record<string, unknown> {
  return {
    Username: user.username,
    UserCreateDate: toSeconds(user.createdAt),
    UserLastModifiedDate: toSeconds(user.modifiedAt),
    Enabled: user.enabled,
    UserStatus: user.status,
  };
}

export function mfaSettings(user: User): Record<string, unknown> {
  if (!user.mfaEnabled) return {};
  return { PreferredMfaSetting: "SOFTWARE_TOKEN_MFA", UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] };
}

export function codeDelivery(address: string): Record<string, unknown> {
  return { Destination: maskAddress(address), DeliveryMedium: "EMAIL", AttributeName: "email" };
}

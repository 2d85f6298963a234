import type { Input, Members } from "../../../kernel/input";
import type { ClientSettings } from "../client-settings";
import { maskAddress } from "../confirmation-code";
import { invalidParameter } from "../errors";
import type { Metadata } from "../triggers";
import { isReadable } from "../user-attributes";
import type { User } from "../users";

export interface NamedValue {
  readonly Name: string;
  readonly Value: string;
}

/** A list of `{ Name, Value }`, empty where it is not given; a value left out is the empty string. */
export function attributesIn(input: Input, name: string): Map<string, string> {
  return new Map(
    input
      .structures(name)
      .map((attribute) => [attribute.text("Name"), attribute.optionalText("Value") ?? ""] as const),
  );
}

/** `ClientMetadata`, `undefined` where the call has none. */
export function metadataIn(input: Input): Metadata | undefined {
  return input.has("ClientMetadata") ? Object.fromEntries(input.textMap("ClientMetadata")) : undefined;
}

/** `ValidationData`, a list of attributes that are not kept; `undefined` where the call has none. */
export function validationIn(input: Input): Metadata | undefined {
  return input.has("ValidationData") ? Object.fromEntries(attributesIn(input, "ValidationData")) : undefined;
}

/** `AttributeListType`, the `sub` first. With a client only what it may read; the `sub` is in every token. */
export function attributeList(user: User, client?: ClientSettings): NamedValue[] {
  const attributes = [...user.attributes].filter(
    ([name]) => client === undefined || isReadable(client, name),
  );
  return [["sub", user.sub], ...attributes].map(([Name = "", Value = ""]) => ({ Name, Value }));
}

/** Timestamps are seconds in this protocol. */
export function toSeconds(timeMs: number): number {
  return timeMs / 1000;
}

/** The members that `UserType` and `AdminGetUser` share. */
export function userSummary(user: User): Members {
  return {
    Username: user.username,
    UserCreateDate: toSeconds(user.createdAt),
    UserLastModifiedDate: toSeconds(user.modifiedAt),
    Enabled: user.enabled,
    UserStatus: user.status,
  };
}

export function mfaSettings(user: User): Members {
  if (!user.mfaEnabled) return {};
  return { PreferredMfaSetting: "SOFTWARE_TOKEN_MFA", UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] };
}

export function codeDelivery(address: string): Members {
  return { Destination: maskAddress(address), DeliveryMedium: "EMAIL", AttributeName: "email" };
}

/** One page of a list. `token`: where it starts, from the page before; `next` is missing on the last page. */
export function page<T>(
  list: readonly T[],
  size: number,
  token: string | undefined,
): { items: readonly T[]; next: string | undefined } {
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isInteger(start) || start < 0) throw invalidParameter("Invalid pagination token");
  const end = start + size;
  const next = end < list.length ? Buffer.from(String(end)).toString("base64url") : undefined;
  return { items: list.slice(start, end), next };
}

/** `Limit` of an operation for which 0, like no limit at all, means 60. */
export function limitIn(input: Input): number {
  return input.optionalInteger("Limit") || 60;
}

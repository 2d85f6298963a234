import type { Operations } from "../../../aws-api/service";
import { invalidParameter } from "../errors";
import type { User } from "../users";
import { type Directory, poolOperation } from "./access";
import { page } from "./page";
import { attributeList, userSummary } from "./shapes";

/** The users of a pool, all or those that a filter picks. */
export const listUsersOperations: Operations<Directory> = {
  ListUsers: poolOperation("ListUsers", (pool, input) => {
    const matches = readFilter(input.optionalText("Filter") ?? "");
    const wanted = input.optionalTexts("AttributesToGet");
    const limit = (input.optionalInteger("Limit", { min: 0, max: 60 }) ?? 60) || 60;
    const { items, next } = page(
      pool.users.list().filter(matches),
      limit,
      input.optionalText("PaginationToken"),
    );
    const users = items.map((user) => ({
      ...userSummary(user),
      Attributes: attributeList(user).filter(({ Name }) => wanted?.includes(Name) ?? true),
    }));
    return { Users: users, PaginationToken: next };
  }),
};

const searchable = [
  ...["email", "phone_number", "name", "given_name", "family_name", "preferred_username", "username", "sub"],
  ...["cognito:user_status", "status"],
];

/** `email = "ada@example.com"`, `email ^= "ada"`: `=` for an exact match, `^=` for a prefix (API reference, ListUsers). */
function readFilter(filter: string): (user: User) => boolean {
  if (filter.trim() === "") return () => true;
  const match = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter);
  if (match === null) throw invalidParameter("Error while parsing filter.");
  const [, name = "", operator, quoted = ""] = match;
  if (!searchable.includes(name)) throw invalidParameter(`Invalid search attribute: ${name}`);
  const ignoreCase = name === "cognito:user_status" || name === "status";
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  const wanted = fold(quoted.replace(/\\(.)/g, "$1"));
  return (user) => {
    const value = fold(searchedValue(user, name));
    return operator === "=" ? value === wanted : value.startsWith(wanted);
  };
}

function searchedValue(user: User, name: string): string {
  if (name === "username") return user.username;
  if (name === "sub") return user.sub;
  if (name === "cognito:user_status") return user.status;
  if (name === "status") return user.enabled ? "Enabled" : "Disabled";
  return user.attributes.get(name) ?? "";
}

import type { Operations } from "../../../aws-api/service";
import type { Input, Members } from "../../../kernel/input";
import type { Group, GroupSettings } from "../groups";
import type { UserPool } from "../user-pool";
import { type Directory, poolOperation, userOperation } from "./access";
import { attributeList, limitIn, page, toSeconds, userSummary } from "./shapes";

/** The groups of a pool, and which users belong to them. */
export const groupOperations: Operations<Directory> = {
  CreateGroup: poolOperation("CreateGroup", (pool, input) => {
    const group = pool.groups.create(input.text("GroupName"), settingsIn(input), pool.clock.now());
    return { Group: describe(pool, group) };
  }),
  GetGroup: poolOperation("GetGroup", (pool, input) => ({ Group: describe(pool, named(pool, input)) })),
  UpdateGroup: poolOperation("UpdateGroup", (pool, input) => {
    const group = named(pool, input);
    const { description, roleArn, precedence } = settingsIn(input);
    group.settings = {
      description: description ?? group.settings.description,
      roleArn: roleArn ?? group.settings.roleArn,
      precedence: precedence ?? group.settings.precedence,
    };
    group.modifiedAt = pool.clock.now();
    return { Group: describe(pool, group) };
  }),
  DeleteGroup: poolOperation("DeleteGroup", (pool, input) => {
    pool.groups.delete(input.text("GroupName"));
    return {};
  }),
  ListGroups: poolOperation("ListGroups", (pool, input) => listOf(pool, pool.groups.list(), input)),
  AdminListGroupsForUser: userOperation("AdminListGroupsForUser", (pool, user, input) =>
    listOf(pool, pool.groups.of(user), input),
  ),
  AdminAddUserToGroup: userOperation("AdminAddUserToGroup", (pool, user, input) => {
    named(pool, input).members.add(user);
    return {};
  }),
  AdminRemoveUserFromGroup: userOperation("AdminRemoveUserFromGroup", (pool, user, input) => {
    named(pool, input).members.delete(user);
    return {};
  }),
  ListUsersInGroup: poolOperation("ListUsersInGroup", (pool, input) => {
    const members = [...named(pool, input).members];
    const { items, next } = page(members, limitIn(input), input.optionalText("NextToken"));
    return {
      Users: items.map((user) => ({ ...userSummary(user), Attributes: attributeList(user) })),
      NextToken: next,
    };
  }),
};

function named(pool: UserPool, input: Input): Group {
  return pool.groups.require(input.text("GroupName"));
}

function settingsIn(input: Input): GroupSettings {
  return {
    description: input.optionalText("Description"),
    roleArn: input.optionalText("RoleArn"),
    precedence: input.optionalInteger("Precedence"),
  };
}

function listOf(pool: UserPool, groups: readonly Group[], input: Input): Members {
  const { items, next } = page(groups, limitIn(input), input.optionalText("NextToken"));
  return { Groups: items.map((group) => describe(pool, group)), NextToken: next };
}

function describe(pool: UserPool, { name, settings, createdAt, modifiedAt }: Group): Members {
  return {
    GroupName: name,
    UserPoolId: pool.settings.id,
    Description: settings.description,
    RoleArn: settings.roleArn,
    Precedence: settings.precedence,
    CreationDate: toSeconds(createdAt),
    LastModifiedDate: toSeconds(modifiedAt),
  };
}

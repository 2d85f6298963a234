import { resourceAt, type Values } from "../../../support/deployment";
import { clientResource, decode, password, poolResource, TestDirectory } from "./fixture";

const UserPoolId = "us-east-1_Pool1";
const Username = "ada@example.com";
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

let directory: TestDirectory;

beforeEach(async () => {
  directory = await TestDirectory.of(poolResource(1), clientResource("client1", 1));
  directory.confirmedUser(Username);
});

const call = (operation: string, input: object = {}) => directory.call(operation, { UserPoolId, ...input });
const refused = (operation: string, input: object = {}) =>
  directory.refusal(operation, { UserPoolId, ...input });
const join = async (GroupName: string, settings: object = {}) => {
  await call("CreateGroup", { GroupName, ...settings });
  await call("AdminAddUserToGroup", { GroupName, Username });
};

test("a group is created, changed, listed and deleted", async () => {
  await call("CreateGroup", { GroupName: "readers", Description: "read", Precedence: 3 });
  await call("UpdateGroup", { GroupName: "readers", RoleArn: role("reader") });
  await call("CreateGroup", { GroupName: "writers" });

  expect(await call("GetGroup", { GroupName: "readers" })).toMatchObject({
    Group: { GroupName: "readers", UserPoolId, Description: "read", Precedence: 3, RoleArn: role("reader") },
  });
  const first = await call("ListGroups", { Limit: 1 });
  const second = await call("ListGroups", { Limit: 1, NextToken: first.NextToken });
  expect([first.Groups, second.Groups]).toMatchObject([
    [{ GroupName: "readers" }],
    [{ GroupName: "writers" }],
  ]);
  await call("DeleteGroup", { GroupName: "readers" });
  expect(await refused("GetGroup", { GroupName: "readers" })).toBe(
    "ResourceNotFoundException: Group not found.",
  );
});

test("a group is refused whose name is taken or whose settings do not fit", async () => {
  await call("CreateGroup", { GroupName: "readers" });

  expect(await refused("CreateGroup", { GroupName: "readers" })).toContain("GroupExistsException");
  expect(await refused("CreateGroup", { GroupName: "a b" })).toContain("'groupName' failed");
  expect(await refused("CreateGroup", { GroupName: "x", Precedence: -1 })).toContain("'precedence' failed");
  expect(await refused("CreateGroup", { GroupName: "x", RoleArn: "role" })).toContain("'roleArn' failed");
  expect(await refused("AdminAddUserToGroup", { GroupName: "nobody", Username })).toContain(
    "Group not found.",
  );
  expect(await refused("AdminAddUserToGroup", { GroupName: "readers", Username: "x" })).toContain(
    "UserNotFoundException",
  );
});

test("a user is in a group until removed from it or deleted", async () => {
  await join("readers");
  const { Users } = await call("ListUsersInGroup", { GroupName: "readers" });
  const { Groups } = await call("AdminListGroupsForUser", { Username });
  await call("AdminRemoveUserFromGroup", { GroupName: "readers", Username });

  expect(JSON.stringify(Users)).toContain(Username);
  expect(Groups).toMatchObject([{ GroupName: "readers" }]);
  expect(await call("AdminListGroupsForUser", { Username })).toMatchObject({ Groups: [] });
  await call("AdminAddUserToGroup", { GroupName: "readers", Username });
  await call("AdminDeleteUser", { Username });
  expect(await call("ListUsersInGroup", { GroupName: "readers" })).toMatchObject({ Users: [] });
});

describe("tokens", () => {
  const groupClaims = async () => {
    const { id, access } = await directory.tokens(Username);
    return [id, access].map((token) =>
      Object.fromEntries(
        ["groups", "roles", "preferred_role"].flatMap((name) => {
          const value = decode(token)[`cognito:${name}`];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    );
  };

  test("say nothing of groups to a user without", async () => {
    expect(await groupClaims()).toEqual([{}, {}]);
  });

  test("name the groups, the one that counts most first, and its role in the ID token", async () => {
    await join("plain");
    await join("second", { Precedence: 2, RoleArn: role("two") });
    await join("first", { Precedence: 1, RoleArn: role("one") });
    const groups = ["first", "second", "plain"];

    expect(await groupClaims()).toEqual([
      { groups, roles: [role("one"), role("two")], preferred_role: role("one") },
      { groups },
    ]);
  });

  test.each([
    ["one", { preferred_role: role("one") }],
    ["two", {}],
  ])("prefer a role of groups that count the same only where all have it: %s", async (other, expected) => {
    await join("a", { Precedence: 1, RoleArn: role("one") });
    await join("b", { Precedence: 1, RoleArn: role(other) });

    const [id] = await groupClaims();

    expect(id).toMatchObject(expected);
    expect(Object.keys(id ?? {}).includes("preferred_role")).toBe(other === "one");
  });
});

describe("of the deployment", () => {
  const sub = "7f0e2a4c-1111-4222-8333-444455556666";
  const user = (values: Values) =>
    resourceAt("aws_cognito_user.Ada", { user_pool_id: UserPoolId, username: Username, sub, ...values });
  const group = resourceAt("aws_cognito_user_group.Admins", {
    ...{ user_pool_id: UserPoolId, name: "admins", precedence: 0, role_arn: role("admin") },
  });
  const membership = (values: Values = {}) =>
    resourceAt("aws_cognito_user_in_group.Ada", {
      ...{ user_pool_id: UserPoolId, username: Username, group_name: "admins", ...values },
    });
  const start = (...resources: ReturnType<typeof user>[]) =>
    TestDirectory.of(poolResource(1), clientResource("client1", 1), ...resources);

  test("a user with a password signs in, and tokens name the groups", async () => {
    const attributes = { email_verified: "true", name: "Ada" };
    directory = await start(user({ password, attributes }), group, membership());

    expect(decode((await directory.tokens(Username)).id)).toMatchObject({
      ...{ sub, name: "Ada", email: Username, email_verified: true },
      ...{ "cognito:groups": ["admins"], "cognito:preferred_role": role("admin") },
    });
    expect(directory.messages).toEqual([]);
  });

  test("a user with a temporary password has to change it, and is invited unless that is suppressed", async () => {
    directory = await start(user({ temporary_password: password }));
    const suppressed = await start(user({ temporary_password: password, message_action: "SUPPRESS" }));

    expect(await directory.refusedSignIn(Username)).toContain("NEW_PASSWORD_REQUIRED");
    expect(directory.messages).toMatchObject([{ purpose: "invitation", email: Username, code: password }]);
    expect(suppressed.messages).toEqual([]);
  });

  test("a user that is not enabled cannot sign in", async () => {
    directory = await start(user({ password, enabled: false }));

    expect(await directory.refusedSignIn(Username)).toBe("NotAuthorizedException: User is disabled.");
  });

  test.each([
    ["a weak password", user({ password: "weak-secret" }), "aws_cognito_user.Ada: password is refused"],
    ["a bad name", user({ username: "ada" }), "username is refused by Cognito: Username should be an email."],
    ["an unknown pool", user({ user_pool_id: "us-east-1_No" }), "user_pool_id must be a user pool"],
    ["a member that is not there", membership(), "username must be a user of the pool"],
  ])("%s stops the start, and no password is repeated", async (_what, resource, expected) => {
    const problem = await start(resource).catch(String);

    expect(problem).toContain(expected);
    expect(problem).not.toContain("weak-secret");
  });
});

import { randomUUID } from "node:crypto";
import type { Person } from "./contract";
import { selfSigned } from "./defences/forged-token";
import type { Host } from "./host";
import { CallError } from "./routes/call";

/** Users of each pool in the list. */
const MOST_USERS = 25;
const HOUR_S = 3_600;

/** What is served, and when. */
export interface Scene {
  readonly host: Pick<Host, "runtime" | "original" | "now">;
}

export interface PoolUser {
  readonly poolId: string;
  readonly poolName: string;
  readonly username: string;
  /** The address, where there is one. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly isConfirmed: boolean;
}

/** Everybody who may send a request: a caller without a token, a forger, each user, and each user with a token that is not accepted. */
export async function peopleOf(scene: Scene): Promise<Person[]> {
  const users = await poolUsers(scene);
  const first = users.find(({ isConfirmed }) => isConfirmed);
  return [
    { id: "nobody", kind: "nobody", name: "Nobody", detail: "no token at all" },
    ...(first === undefined
      ? []
      : [
          {
            id: "forger",
            kind: "forger" as const,
            name: "A forger",
            poolId: first.poolId,
            detail: `claims to be ${first.name} of ${first.poolName}, signed with a key of its own`,
          },
        ]),
    ...users.filter(({ isConfirmed }) => isConfirmed).flatMap(personsOf),
  ];
}

function personsOf({ poolId, poolName, username, name }: PoolUser): Person[] {
  const of = `${poolId}:${username}`;
  return [
    { id: `user:${of}`, kind: "user", name, poolId, detail: `an ID token of ${poolName}, good for an hour` },
    {
      id: `expired:${of}`,
      kind: "expired token",
      name,
      poolId,
      detail: `an ID token of ${poolName} that expired an hour ago`,
    },
    {
      id: `access:${of}`,
      kind: "access token",
      name,
      poolId,
      detail: `an access token of ${poolName} in place of an ID token`,
    },
  ];
}

export async function poolUsers({ host }: Scene): Promise<PoolUser[]> {
  const { runtime } = host;
  const lists = await Promise.all(
    runtime.userPools.map(async ({ id, name }) => {
      const { Users } = await runtime.inside.call("cognito-idp", "ListUsers", {
        UserPoolId: id,
        Limit: MOST_USERS,
      });
      const users: readonly CognitoUser[] = Array.isArray(Users) ? Users : [];
      return users.map(({ Username, UserStatus, Enabled, Attributes }) => {
        const attributes = Object.fromEntries(Attributes.map(({ Name, Value }) => [Name, Value]));
        return {
          poolId: id,
          poolName: name,
          username: Username,
          name: attributes.email ?? Username,
          attributes,
          isConfirmed: UserStatus === "CONFIRMED" && Enabled,
        };
      });
    }),
  );
  return lists.flat();
}

interface CognitoUser {
  readonly Username: string;
  readonly UserStatus: string;
  readonly Enabled: boolean;
  readonly Attributes: readonly { readonly Name: string; readonly Value: string }[];
}

/**
 * The token that a person brings; `undefined` for nobody. It is signed with the pool's key and has the claims of a sign-in,
 * without one: passwords are known to users alone. What a trigger of the pool would add to it is not in it.
 *
 * @throws CallError for somebody who is not there
 */
export async function tokenOf(scene: Scene, personId: string): Promise<string | undefined> {
  if (personId === "nobody") return undefined;
  const users = await poolUsers(scene);
  if (personId === "forger") {
    const [victim] = users.filter(({ isConfirmed }) => isConfirmed);
    if (victim === undefined)
      throw new CallError(404, "no pool has a confirmed user whose name could be forged");
    return selfSigned({ kid: "forged" }, await claimsOf(scene, victim, "id"));
  }
  const [kind = "", poolId, ...rest] = personId.split(":");
  const user = users.find(
    (candidate) => candidate.poolId === poolId && candidate.username === rest.join(":"),
  );
  if (user === undefined || !["user", "expired", "access"].includes(kind))
    throw new CallError(404, `person is ${JSON.stringify(personId)}; GET /api/try lists who there is`);
  const age = kind === "expired" ? 2 * HOUR_S : 0;
  return signed(scene, user, kind === "access" ? "access" : "id", { age });
}

export async function signed(
  scene: Scene,
  user: PoolUser,
  use: "id" | "access",
  { age = 0, claims = {} }: { readonly age?: number; readonly claims?: object } = {},
): Promise<string> {
  const all = { ...(await claimsOf(scene, user, use, age)), ...claims };
  return scene.host.runtime.inside.ports.users.sign(user.poolId, all);
}

/** The claims of a token as Cognito writes them ("Understanding user pool JSON web tokens", Cognito Developer Guide). */
async function claimsOf(
  { host }: Scene,
  user: PoolUser,
  use: "id" | "access",
  age = 0,
): Promise<Record<string, unknown>> {
  const { runtime } = host;
  const clientId = runtime.userPools.find(({ id }) => id === user.poolId)?.clientId;
  const iat = Math.floor(host.now() / 1000) - age;
  const { Groups } = await runtime.inside.call("cognito-idp", "AdminListGroupsForUser", {
    UserPoolId: user.poolId,
    Username: user.username,
  });
  const groups = (Array.isArray(Groups) ? Groups : []).map(
    ({ GroupName }: { readonly GroupName: string }) => GroupName,
  );
  const common = {
    sub: user.attributes.sub ?? user.username,
    ...(groups.length === 0 ? {} : { "cognito:groups": groups }),
    iss: `https://cognito-idp.${runtime.region}.amazonaws.com/${user.poolId}`,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: use,
    auth_time: iat,
    iat,
    exp: iat + HOUR_S,
    jti: randomUUID(),
  };
  if (use === "access")
    return {
      ...common,
      client_id: clientId,
      username: user.username,
      scope: "aws.cognito.signin.user.admin",
    };
  const { sub: _sub, ...attributes } = user.attributes;
  const flags = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      name.endsWith("_verified") ? value === "true" : value,
    ]),
  );
  return { ...flags, ...common, "cognito:username": user.username, aud: clientId };
}

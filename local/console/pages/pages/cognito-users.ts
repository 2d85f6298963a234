import { aws } from "../kit/api";

/** As ListUsers answers it: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html */
export interface User {
  readonly Username: string;
  readonly UserStatus: string;
  readonly Enabled: boolean;
  readonly UserCreateDate: number;
  readonly Attributes?: readonly { readonly Name: string; readonly Value?: string }[];
}

export interface Pool {
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
}

/** All users of a pool, at most 2,000. */
export async function usersOf(poolId: string): Promise<readonly User[]> {
  const users: User[] = [];
  let token: string | undefined;
  do {
    const page: { Users?: User[]; PaginationToken?: string } = await aws("cognito-idp", "ListUsers", {
      UserPoolId: poolId,
      ...(token === undefined ? {} : { PaginationToken: token }),
    });
    users.push(...(page.Users ?? []));
    token = page.PaginationToken;
  } while (token !== undefined && users.length < 2_000);
  return users;
}

export function attributeOf({ Attributes }: User, name: string): string {
  return Attributes?.find((attribute) => attribute.Name === name)?.Value ?? "";
}

export function emailOf(user: User): string {
  return attributeOf(user, "email");
}

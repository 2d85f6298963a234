import { AwsError } from "../../kernel/aws-error";
import { notFound } from "./errors";
import type { User } from "./users";

export interface GroupSettings {
  readonly description: string | undefined;
  readonly roleArn: string | undefined;
  /** The lower, the more the group's role counts; `undefined` counts least. */
  readonly precedence: number | undefined;
}

export interface Group {
  readonly name: string;
  settings: GroupSettings;
  readonly createdAt: number;
  modifiedAt: number;
  readonly members: Set<User>;
}

/** The groups of one pool and who belongs to them. */
export class Groups {
  private readonly byName = new Map<string, Group>();

  create(name: string, settings: GroupSettings, now: number): Group {
    if (this.byName.has(name)) {
      throw new AwsError("GroupExistsException", "A group with the name already exists.");
    }
    const group = { name, settings, createdAt: now, modifiedAt: now, members: new Set<User>() };
    this.byName.set(name, group);
    return group;
  }

  require(name: string): Group {
    const group = this.byName.get(name);
    if (group === undefined) throw notFound("Group not found.");
    return group;
  }

  delete(name: string): void {
    this.byName.delete(this.require(name).name);
  }

  list(): Group[] {
    return [...this.byName.values()];
  }

  /** Those of a user, the one that counts most first. */
  of(user: User): Group[] {
    return this.list()
      .filter(({ members }) => members.has(user))
      .sort((a, b) => rank(a) - rank(b));
  }

  /** For a user that is deleted. */
  drop(user: User): void {
    for (const { members } of this.byName.values()) members.delete(user);
  }

  /**
   * What tokens say of a user's groups; the access token has the names alone. The preferred role is that of the group
   * that counts most; of several that count the same only a role that all of them have (API reference, CreateGroup,
   * Precedence).
   */
  claimsOf(user: User): { readonly id: Record<string, unknown>; readonly access: Record<string, unknown> } {
    const groups = this.of(user);
    const [first] = groups;
    if (first === undefined) return { id: {}, access: {} };
    const names = { "cognito:groups": groups.map(({ name }) => name) };
    const roles = [...new Set(groups.flatMap(({ settings }) => settings.roleArn ?? []))];
    const equals = groups.filter((group) => rank(group) === rank(first));
    const [preferred, ...others] = new Set(equals.map(({ settings }) => settings.roleArn));
    return {
      access: names,
      id: {
        ...names,
        ...(roles.length === 0 ? {} : { "cognito:roles": roles }),
        ...(preferred === undefined || others.length > 0 ? {} : { "cognito:preferred_role": preferred }),
      },
    };
  }
}

function rank({ settings }: Group): number {
  return settings.precedence ?? Number.MAX_SAFE_INTEGER;
}

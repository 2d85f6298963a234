import { useCallback } from "preact/hooks";
import { BusyButton } from "../components/busy-button";
import { toast } from "../components/toasts";
import { aws } from "../kit/api";
import { useLoaded } from "../kit/hooks";
import { hrefOf } from "../kit/router";
import { emailOf, type Pool, type User } from "./cognito-users";

/** One user: attributes, groups, and what an administrator does with it. */
export function UserCard({ pool, user, onChanged }: { pool: Pool; user: User; onChanged: () => void }) {
  const name = emailOf(user) || user.Username;
  const groups = useLoaded(useCallback(() => groupsOf(pool.id, user.Username), [pool.id, user.Username]));
  const act =
    (operation: string, said: string, more: Readonly<Record<string, unknown>> = {}) =>
    async () => {
      await aws("cognito-idp", operation, { UserPoolId: pool.id, Username: user.Username, ...more });
      toast(`${name}: ${said}.`);
      groups.reload();
      onChanged();
    };
  return (
    <section class="card" aria-label={name}>
      <h2>{name}</h2>
      <dl class="facts">
        {user.Attributes?.map(({ Name, Value }) => (
          <div key={Name}>
            <dt>{Name}</dt>
            <dd>
              <code>{Value}</code>
            </dd>
          </div>
        ))}
      </dl>
      {groups.data !== undefined && groups.data.all.length > 0 && (
        <fieldset class="choices">
          <legend>Groups</legend>
          {groups.data.all.map((group) => {
            const isIn = groups.data?.own.includes(group) === true;
            return (
              <BusyButton
                key={group}
                class={isIn ? "chosen" : ""}
                title={`${isIn ? "Remove from" : "Add to"} ${group}`}
                onPress={act(
                  isIn ? "AdminRemoveUserFromGroup" : "AdminAddUserToGroup",
                  isIn ? `no longer in ${group}` : `now in ${group}`,
                  { GroupName: group },
                )}
              >
                {isIn ? "✓" : "+"} {group}
              </BusyButton>
            );
          })}
        </fieldset>
      )}
      <div class="buttons">
        {user.UserStatus === "UNCONFIRMED" && (
          <BusyButton class="primary" onPress={act("AdminConfirmSignUp", "confirmed")}>
            Confirm
          </BusyButton>
        )}
        {user.Enabled ? (
          <BusyButton onPress={act("AdminDisableUser", "disabled")}>Disable</BusyButton>
        ) : (
          <BusyButton onPress={act("AdminEnableUser", "enabled")}>Enable</BusyButton>
        )}
        <BusyButton onPress={act("AdminUserGlobalSignOut", "signed out everywhere")}>
          Sign out everywhere
        </BusyButton>
        <BusyButton
          onPress={act("AdminResetUserPassword", "has to set a new password; the code is in the inbox")}
        >
          Reset password
        </BusyButton>
        <BusyButton confirm={`Delete ${name}?`} onPress={act("AdminDeleteUser", "deleted")}>
          Delete
        </BusyButton>
        <a class="button" href={hrefOf("try", [], { person: `user:${pool.id}:${user.Username}` })}>
          Try it as this user
        </a>
      </div>
    </section>
  );
}

async function groupsOf(poolId: string, username: string) {
  type Groups = { readonly Groups?: readonly { readonly GroupName: string }[] };
  const [all, own] = await Promise.all([
    aws<Groups>("cognito-idp", "ListGroups", { UserPoolId: poolId }),
    aws<Groups>("cognito-idp", "AdminListGroupsForUser", { UserPoolId: poolId, Username: username }),
  ]);
  const names = ({ Groups }: Groups) => (Groups ?? []).map(({ GroupName }) => GroupName);
  return { all: names(all), own: names(own) };
}

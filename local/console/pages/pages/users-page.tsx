import { useCallback, useState } from "preact/hooks";
import { Badge, type Tone } from "../components/badge";
import { BusyButton } from "../components/busy-button";
import { Empty, FilterField, Loaded, Page, Tabs } from "../components/page";
import { toast } from "../components/toasts";
import { aws } from "../kit/api";
import { ago } from "../kit/format";
import { useLoaded, useNow, usePlace, useResource } from "../kit/hooks";
import { hrefOf, setQuery } from "../kit/router";
import { attributeOf, emailOf, type Pool, type User, usersOf } from "./cognito-users";
import { UserCard } from "./user-card";

/** The users of each pool. */
export function UsersPage() {
  const overview = useResource("GET /api/overview");
  const { parts } = usePlace();
  return (
    <Page title="Users" lead="Who can sign in, as the Cognito console shows it.">
      <Loaded of={overview}>
        {({ userPools }) => {
          const pool = userPools.find(({ id }) => id === parts[0]) ?? userPools[0];
          if (pool === undefined) {
            return <Empty title="This deployment has no user pool.">Its users would appear here.</Empty>;
          }
          const tabs = userPools.map((each) => ({
            href: hrefOf("users", [each.id]),
            title: each.name,
            isCurrent: each === pool,
          }));
          return (
            <>
              <Tabs label="User pools" tabs={tabs} />
              <PoolView key={pool.id} pool={pool} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function PoolView({ pool }: { pool: Pool }) {
  const list = useCallback(() => usersOf(pool.id), [pool.id]);
  const users = useLoaded(list, ["mail"]);
  const { query } = usePlace();
  const text = (query.get("q") ?? "").toLowerCase();
  const opened = query.get("user") ?? "";
  const now = useNow();
  return (
    <>
      <div class="filters">
        <FilterField label="Filter the users" value={text} onChange={(q) => setQuery({ q })} />
        <code class="muted">
          {pool.id} · client {pool.clientId}
        </code>
      </div>
      <SignUp pool={pool} onDone={users.reload} />
      <Loaded of={users}>
        {(all) => {
          const shown = all.filter((user) =>
            `${user.Username} ${emailOf(user)} ${user.UserStatus}`.toLowerCase().includes(text),
          );
          if (shown.length === 0) {
            return (
              <Empty title={all.length === 0 ? "No user yet." : "No user matches."}>
                Sign somebody up above.
              </Empty>
            );
          }
          return (
            <div class="scroll-x card">
              <table class="rows">
                <thead>
                  <tr>
                    <th scope="col">User</th>
                    <th scope="col">Status</th>
                    <th scope="col">Sub</th>
                    <th scope="col">Created</th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map((user) => (
                    <tr key={user.Username} aria-current={user.Username === opened ? "true" : undefined}>
                      <td>
                        <a
                          class="row-link"
                          href={hrefOf("users", [pool.id], { user: user.Username, q: text })}
                        >
                          {emailOf(user) || user.Username}
                        </a>
                      </td>
                      <td>
                        <Badge tone={statusTone(user)}>{user.Enabled ? user.UserStatus : "disabled"}</Badge>
                      </td>
                      <td data-label="Sub">
                        <code>{attributeOf(user, "sub")}</code>
                      </td>
                      <td class="muted" data-label="Created">
                        {ago(user.UserCreateDate * 1_000, now)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Loaded>
      {users.data
        ?.filter((user) => user.Username === opened || emailOf(user) === opened)
        .map((user) => (
          <UserCard key={user.Username} pool={pool} user={user} onChanged={users.reload} />
        ))}
    </>
  );
}

function SignUp({ pool, onDone }: { pool: Pool; onDone: () => void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signUp = async () => {
    await aws("cognito-idp", "SignUp", {
      ClientId: pool.clientId,
      Username: email,
      Password: password,
      UserAttributes: [{ Name: "email", Value: email }],
    });
    toast(`${email} is signed up: the code is in the inbox.`);
    setEmail("");
    onDone();
  };
  const invite = async () => {
    await aws("cognito-idp", "AdminCreateUser", {
      UserPoolId: pool.id,
      Username: email,
      UserAttributes: [
        { Name: "email", Value: email },
        { Name: "email_verified", Value: "true" },
      ],
    });
    toast(`${email} is invited: the temporary password is in the inbox.`);
    setEmail("");
    onDone();
  };
  return (
    <form class="fields inline" aria-label="New user" onSubmit={(event) => event.preventDefault()}>
      <label>
        E-mail
        <input
          type="email"
          value={email}
          autocomplete="off"
          placeholder="ada@example.com"
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      </label>
      <label>
        Password
        <input
          type="password"
          value={password}
          autocomplete="new-password"
          placeholder="for a sign-up"
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
      <BusyButton class="primary" onPress={signUp} disabled={email === "" || password === ""}>
        Sign up
      </BusyButton>
      <BusyButton onPress={invite} disabled={email === ""}>
        Invite
      </BusyButton>
    </form>
  );
}

function statusTone({ UserStatus, Enabled }: User): Tone {
  if (!Enabled) return "bad";
  return UserStatus === "CONFIRMED" ? "good" : "warn";
}

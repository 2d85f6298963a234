import type { Mail } from "../../contract";
import { BusyButton } from "../components/busy-button";
import { CopyButton } from "../components/code-block";
import { Empty, FilterField, Loaded, Page } from "../components/page";
import { toast } from "../components/toasts";
import { aws } from "../kit/api";
import { ago } from "../kit/format";
import { useNow, usePlace, useResource } from "../kit/hooks";
import { hrefOf, setQuery } from "../kit/router";

/** What Cognito and SNS would have sent to people. */
export function InboxPage() {
  const inbox = useResource("GET /api/inbox", {}, ["mail"]);
  const pools = useResource("GET /api/overview").data?.userPools ?? [];
  const { query } = usePlace();
  const text = (query.get("q") ?? "").toLowerCase();
  return (
    <Page
      title="Inbox"
      lead="E-mails and text messages that AWS would send. Here nothing leaves the machine."
      tools={<FilterField label="Filter the inbox" value={text} onChange={(q) => setQuery({ q })} />}
    >
      <Loaded of={inbox}>
        {(all) => {
          const shown = all.filter((mail) =>
            `${mail.to} ${mail.subject} ${mail.text}`.toLowerCase().includes(text),
          );
          if (shown.length === 0) {
            return (
              <Empty title={all.length === 0 ? "Nothing was sent yet." : "Nothing matches."}>
                Sign somebody up on the page <a href={hrefOf("users")}>Users</a>: the code appears here.
              </Empty>
            );
          }
          return shown.map((mail) => (
            <Letter
              key={mail.id}
              mail={mail}
              clientId={pools.find(({ id }) => id === mail.poolId)?.clientId}
            />
          ));
        }}
      </Loaded>
    </Page>
  );
}

function Letter({ mail, clientId }: { mail: Mail; clientId: string | undefined }) {
  const now = useNow();
  const { at, medium, to, poolId, username, subject, text, code } = mail;
  const confirm = async () => {
    await aws("cognito-idp", "ConfirmSignUp", {
      ClientId: clientId,
      Username: username ?? to,
      ConfirmationCode: code,
    });
    toast(`${to} is confirmed.`);
  };
  return (
    <article class="card mail" aria-label={`${subject}, to ${to}`}>
      <header>
        <h2>{subject}</h2>
        <p class="muted">
          {medium === "EMAIL" ? "✉ e-mail" : "☏ text message"} to <b>{to}</b> · {ago(at, now)}
          {poolId !== undefined && (
            <>
              {" "}
              · <a href={hrefOf("users", [poolId], { user: username ?? to })}>the user</a>
            </>
          )}
        </p>
      </header>
      <p class="text">{text}</p>
      {code !== undefined && (
        <div class="buttons">
          <code class="mail-code">{code}</code>
          <CopyButton text={code} what="the code">
            Copy the code
          </CopyButton>
          {clientId !== undefined && /verif|confirm/i.test(subject) && (
            <BusyButton class="primary" onPress={confirm} label={`Confirm the sign-up of ${to}`}>
              Confirm the sign-up
            </BusyButton>
          )}
        </div>
      )}
    </article>
  );
}

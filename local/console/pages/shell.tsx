import type { ComponentType } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { BusyButton } from "./components/busy-button";
import { Empty, Page } from "./components/page";
import { Toasts, toast } from "./components/toasts";
import { call, consoleState, isDenied } from "./kit/api";
import { count } from "./kit/format";
import { usePlace, useResource, useStore } from "./kit/hooks";
import { type Shortcut, shortcuts, useKey } from "./kit/keyboard";
import { connection, newMail, onEvent } from "./kit/live";
import { go, hrefOf, PAGES, type PageId } from "./kit/router";
import { nextTheme, theme } from "./kit/theme";
import { MapPage } from "./map/map-page";
import { ApiPage } from "./pages/api-page";
import { DefencesPage } from "./pages/defences-page";
import { FunctionsPage } from "./pages/functions-page";
import { InboxPage } from "./pages/inbox-page";
import { LogsPage } from "./pages/logs-page";
import { MessagesPage } from "./pages/messages-page";
import { PermissionsPage } from "./pages/permissions-page";
import { UsersPage } from "./pages/users-page";
import { WebAclPage } from "./pages/web-acl-page";
import { RequestsPage } from "./requests/requests-page";
import { TryPage } from "./try/try-page";

const VIEWS: Readonly<Record<PageId, ComponentType>> = {
  map: MapPage,
  requests: RequestsPage,
  "web-acl": WebAclPage,
  try: TryPage,
  defences: DefencesPage,
  permissions: PermissionsPage,
  users: UsersPage,
  inbox: InboxPage,
  logs: LogsPage,
  messages: MessagesPage,
  functions: FunctionsPage,
  api: ApiPage,
};

/** What is on every page: whose API this is, whether it is live, whether a defence is off, and where to go. */
export function Shell() {
  const { page } = usePlace();
  const denied = useStore(isDenied);
  const title = PAGES.find(({ id }) => id === page)?.title ?? "Not found";
  useEffect(() => {
    document.title = `${title} · console`;
  }, [title]);
  useKey("t", "try a request", () => go(hrefOf("try")));
  useLayoutEffect(() => onEvent("notice", ({ text }) => toast(text, "warn")), []);
  const View = page === undefined ? NotFound : VIEWS[page];
  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <TopBar />
      <Navigation current={page} />
      <DefenceBar />
      {denied ? <Denied /> : <View />}
      <Toasts />
      <KeyList />
    </>
  );
}

function TopBar() {
  const { data } = useResource("GET /api/overview");
  const state = useStore(consoleState);
  const link = useStore(connection);
  const words =
    link === "lost"
      ? "reconnecting"
      : link === "connecting"
        ? "connecting"
        : state?.runtime === "restarting"
          ? "restarting"
          : state?.runtime === "failed"
            ? "failed"
            : "live";
  return (
    <header class="top">
      <a class="brand" href={hrefOf("map")}>
        {data?.apis.join(", ") || "Console"}
      </a>
      {data?.environment !== undefined && <span class="environment">{data.environment}</span>}
      {data?.invokeUrls.map((url) => (
        <code key={url} class="url">
          {url}
        </code>
      ))}
      <span class="grow" />
      <DefenceCount />
      <output class={`connection ${words}`}>
        <span aria-hidden="true">{words === "live" ? "●" : words === "failed" ? "✕" : "◌"}</span> {words}
      </output>
      <button type="button" class="plain" onClick={nextTheme}>
        <span aria-hidden="true">◑</span>
        <span class="hidden">Colours: </span>
        {useStore(theme)}
      </button>
    </header>
  );
}

function DefenceCount() {
  const defences = useStore(consoleState)?.defences;
  if (defences === undefined) return null;
  const { total, off } = defences;
  return (
    <a class={off.length === 0 ? "defence-count good" : "defence-count bad"} href={hrefOf("defences")}>
      {off.length === 0
        ? `✓ all ${count(total)} defences on`
        : `✕ ${count(off.length)} of ${count(total)} defences off`}
    </a>
  );
}

/** Stays on every page while a defence is off: what is seen then is not what is deployed. */
function DefenceBar() {
  const off = useStore(consoleState)?.defences.off ?? [];
  if (off.length === 0) return null;
  const reset = async () => {
    await call("POST /api/defences/reset", { input: {} });
    toast("All defences are on again.");
  };
  return (
    <div class="defence-bar" role="alert">
      <span>
        <b>{off.length === 1 ? "A defence is off" : `${off.length} defences are off`}</b> in the running copy:{" "}
        <a href={hrefOf("defences")}>{off.slice(0, 3).join(", ")}</a>
        {off.length > 3 && ` and ${off.length - 3} more`}
      </span>
      <BusyButton onPress={reset}>Turn all on</BusyButton>
    </div>
  );
}

function Navigation({ current }: { current: PageId | undefined }) {
  const mail = useStore(newMail);
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    if (current === "inbox") newMail.value = 0;
    strip.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current, mail]);
  return (
    <nav class="main-nav" aria-label="Pages" ref={strip}>
      {PAGES.map(({ id, title }) => (
        <a key={id} href={id === "map" ? "/" : hrefOf(id)} aria-current={id === current ? "page" : undefined}>
          {title}
          {id === "inbox" && mail > 0 && <span class="pill">{mail}</span>}
        </a>
      ))}
    </nav>
  );
}

function KeyList() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [keys, setKeys] = useState<readonly Shortcut[]>([]);
  useKey("?", "list the keys", () => {
    setKeys(shortcuts());
    dialog.current?.showModal();
  });
  return (
    <dialog ref={dialog} aria-label="Keys">
      <h2>Keys</h2>
      <dl class="keys">
        {keys.map(({ key, does }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}

function NotFound() {
  return (
    <Page title="Not found">
      <Empty title="No page has this address.">
        Go to the <a href="/">map</a> or to the <a href={hrefOf("requests")}>requests</a>.
      </Empty>
    </Page>
  );
}

function Denied() {
  return (
    <Page title="Another console">
      <Empty title="The runtime does not know this page.">
        Open the address that the start printed, with all that follows the <code>#</code>.
      </Empty>
    </Page>
  );
}

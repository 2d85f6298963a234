import { Store } from "./store";

/** The console's pages, in the order of the navigation. The first is at `/`. */
export const PAGES = [
  { id: "map", title: "Map" },
  { id: "requests", title: "Requests" },
  { id: "web-acl", title: "Web ACL" },
  { id: "try", title: "Try it" },
  { id: "defences", title: "Defences" },
  { id: "permissions", title: "Permissions" },
  { id: "users", title: "Users" },
  { id: "inbox", title: "Inbox" },
  { id: "logs", title: "Logs" },
  { id: "messages", title: "Messages" },
  { id: "functions", title: "Functions" },
  { id: "api", title: "API" },
] as const;

export type PageId = (typeof PAGES)[number]["id"];

/** Where the visitor is: a page, what is open in it, and its filters. All of it is in the address. */
export interface Place {
  /** `undefined`: an address that no page has. */
  readonly page: PageId | undefined;
  /** What follows the page's name, decoded. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

export function placeOf({ pathname, search }: Pick<URL, "pathname" | "search">): Place {
  const [name = "", ...parts] = pathname.split("/").slice(1);
  const page = name === "" ? PAGES[0].id : PAGES.find(({ id }) => id === name)?.id;
  return {
    page,
    parts: parts.filter((part) => part !== "").map(decoded),
    query: new URLSearchParams(search),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export type Query = Readonly<Record<string, string | undefined>>;

/** The address of a page; of the query's members, those that have a value. */
export function hrefOf(page: PageId, parts: readonly string[] = [], query: Query = {}): string {
  const path = [page, ...parts].map(encodeURIComponent).join("/");
  const pairs = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const search = new URLSearchParams(pairs).toString();
  return `/${path}${search && `?${search}`}`;
}

export const place = new Store<Place>({ page: undefined, parts: [], query: new URLSearchParams() });

/** Goes to an address of the console. `replace`: without a step to go back to, for a filter that is being typed. */
export function go(href: string, { replace = false } = {}): void {
  const url = new URL(href, location.href);
  if (url.href !== location.href) history[replace ? "replaceState" : "pushState"](null, "", url);
  place.value = placeOf(url);
}

/** Changes members of the query of the place where the visitor is; `undefined` and "" leave a member out. */
export function setQuery(changes: Query, { replace = true } = {}): void {
  const { page = "map", parts, query } = place.value;
  go(hrefOf(page, parts, { ...Object.fromEntries(query), ...changes }), { replace });
}

/** Follows the address bar, and takes clicks on the console's own links. */
export function startRouter(): void {
  place.value = placeOf(new URL(location.href));
  addEventListener("popstate", () => {
    place.value = placeOf(new URL(location.href));
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link === null || !isPlain || event.defaultPrevented) return;
    const href = link.getAttribute("href") ?? "";
    // A skip link moves within the page; another origin's, or a file's, is the browser's.
    if (!href.startsWith("/") || link.hasAttribute("download")) return;
    event.preventDefault();
    go(href);
  });
}

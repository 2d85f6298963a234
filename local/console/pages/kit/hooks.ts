import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Events, RequestSummary, Routes } from "../../contract";
import { type CallArguments, CallError, call, consoleState } from "./api";
import { connections, onEvent, requests } from "./live";
import { type Place, place } from "./router";
import type { Store } from "./store";

/** The store's value; the component is drawn again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, draw] = useState({});
  const { value } = store;
  useEffect(() => {
    // It may have changed since it was drawn.
    if (!Object.is(store.value, value)) draw({});
    return store.onChange(() => draw({}));
  }, [store]);
  return value;
}

export function usePlace(): Place {
  return useStore(place);
}

/** The newest requests, newest first; while paused, those of the moment of the pause. */
export function useRequests(isPaused = false): readonly RequestSummary[] {
  const [, draw] = useState({});
  const held = useRef<readonly RequestSummary[] | undefined>(undefined);
  // Bound with what is drawn: a request that comes before the next paint is not missed.
  useLayoutEffect(() => requests.onChange(() => draw({})), []);
  held.current = isPaused ? (held.current ?? requests.newestFirst) : undefined;
  return held.current ?? requests.newestFirst;
}

export type GetRoute = Extract<keyof Routes, `GET ${string}`>;

/** Data of the server. While they are read again, and when that fails, the last ones stay. */
export interface Resource<T> {
  readonly data: T | undefined;
  readonly error: string | undefined;
  readonly status: number | undefined;
  reload(): void;
}

/** Events are many, what they change is read at most this often, in milliseconds. */
const REFRESH_MS = 400;

/**
 * What a route gives: read at once, when the arguments change, after each connection and restart, and after the events named.
 */
export function useResource<K extends GetRoute>(
  route: K,
  args: CallArguments<K> = {},
  refreshOn: readonly (keyof Events)[] = [],
): Resource<Routes[K]["answer"]> {
  const load = useCallback(() => call(route, args), [route, JSON.stringify(args)]);
  return useLoaded(load, refreshOn);
}

/** As `useResource`, for data that take more than one call. `load` is to be the same function until the data are others. */
export function useLoaded<T>(load: () => Promise<T>, refreshOn: readonly (keyof Events)[] = []): Resource<T> {
  const connection = useStore(connections);
  const generation = useStore(consoleState)?.generation;
  const [loaded, setLoaded] = useState<{ of?: unknown; data?: T; error?: string; status?: number }>({});
  const current = useRef(load);
  current.current = load;
  const turns = useRef({ asked: 0, shown: 0 });

  const reload = useCallback(() => {
    const asked = current.current;
    const turn = ++turns.current.asked;
    /** An answer that was overtaken by a newer one, or is of other arguments, is not shown. */
    const isNews = () => {
      if (current.current !== asked || turn < turns.current.shown) return false;
      turns.current.shown = turn;
      return true;
    };
    asked().then(
      (data) => isNews() && setLoaded({ of: asked, data }),
      (error: unknown) =>
        isNews() &&
        setLoaded((before) => ({
          ...(before.of === asked ? before : { of: asked }),
          error: error instanceof Error ? error.message : String(error),
          ...(error instanceof CallError ? { status: error.status } : {}),
        })),
    );
  }, []);

  useEffect(reload, [load, connection, generation]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, REFRESH_MS);
    };
    const ends = refreshOn.map((name) => onEvent(name, soon));
    return () => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [refreshOn.join()]);

  return {
    data: loaded.of === load ? loaded.data : undefined,
    error: loaded.of === load ? loaded.error : undefined,
    status: loaded.of === load ? loaded.status : undefined,
    reload,
  };
}

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = () => setMatches(list.matches);
    follow();
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, [query]);
  return matches;
}

/** The time, drawn again every second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

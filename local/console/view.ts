import type { MessageRecord, RunRecord } from "../kernel/activity";
import { onceFor } from "../kernel/once";
import type { Runtime } from "../runtime-options";
import { type ApiRoute, routesOf } from "./api";
import type { ConsoleState } from "./contract";
import { DefenceDesk } from "./defences/desk";
import type { Host } from "./host";
import { KeptMessages } from "./kept-messages";
import { type DrawnMap, drawMap } from "./map";

/** What the console knows, for all that it shows. */
export interface View {
  readonly host: Host;
  readonly kept: KeptMessages;
  readonly defences: DefenceDesk;
  /** Of what is served now. */
  map(): DrawnMap;
  routes(): readonly ApiRoute[];
  /** The request that a run or a message is because of. */
  requestOf(changed: RunRecord | MessageRecord): string | undefined;
  /** Tells that `stateOf` gives something else now. @returns what ends that */
  onChanged(listener: () => void): () => void;
  close(): void;
}

export function createView(host: Host): View {
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const map = mapOf(host);
  const kept = new KeptMessages(host.runtime.traces, changed);
  return {
    host,
    kept,
    defences: new DefenceDesk(host),
    map,
    routes: () => routesOf(host.runtime.inside.deployment),
    requestOf: (record) => host.runtime.inside.activity.beginningOf(record),
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => kept.switch(false),
  };
}

/** The map of what is served, drawn once. */
function mapOf(host: Host): View["map"] {
  const drawn = onceFor(({ inside, warnings }: Runtime) => drawMap(inside.deployment, warnings));
  return () => drawn(host.runtime);
}

export function stateOf({ host, kept, defences }: View): ConsoleState {
  return {
    runtime: host.state,
    generation: host.generation,
    defences: { total: defences.total, off: host.patched },
    keepsMessages: kept.isOn,
  };
}

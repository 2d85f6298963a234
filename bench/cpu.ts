import { readdirSync, readFileSync } from "node:fs";

/** Linux counts a process's time in hundredths of a second (`sysconf(_SC_CLK_TCK)`). */
const TICK_MS = 10;

/**
 * The CPU time, in milliseconds, that a process and all that it started have used, those that ended included; `undefined` where
 * there is no `/proc`.
 */
export function cpuOf(pid: number): number | undefined {
  const processes = statOfAll();
  if (processes === undefined) return undefined;
  const total = (id: number): number =>
    (processes.get(id)?.ticks ?? 0) +
    [...processes.values()]
      .filter(({ parent }) => parent === id)
      .reduce((sum, child) => sum + total(child.pid), 0);
  return total(pid) * TICK_MS;
}

/** The CPU time of the processes that this one started and that have ended, with all that they started. */
export function cpuOfEnded(): number | undefined {
  try {
    return sumOf(fieldsOf("self").slice(13, 15)) * TICK_MS;
  } catch {
    return undefined;
  }
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

function statOfAll(): ReadonlyMap<number, Stat> | undefined {
  const processes = new Map<number, Stat>();
  try {
    for (const name of readdirSync("/proc")) {
      const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
      if (stat !== undefined) processes.set(stat.pid, stat);
    }
  } catch {
    return undefined;
  }
  return processes;
}

/** `undefined` for a process that has ended in the meantime. */
function statOf(pid: string): Stat | undefined {
  try {
    const fields = fieldsOf(pid);
    // Its own time, and that of the children whose end it has seen.
    return { pid: Number(pid), parent: Number(fields[1]), ticks: sumOf(fields.slice(11, 15)) };
  } catch {
    return undefined;
  }
}

/** The fields of `/proc/<pid>/stat` after the command's name, which may hold anything: the state is the first (proc(5)). */
function fieldsOf(pid: string): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function sumOf(fields: readonly string[]): number {
  return fields.reduce((sum, field) => sum + Number(field), 0);
}

import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";

/**
 * Keeps a list of process groups and one of folders; when its input ends, whoever ended it, it kills and removes what is left of
 * them. The folders are its positional parameters, whatever their names.
 */
const script = `
pids=
while read -r what which; do
  case $what in
    process) pids="$pids $which" ;;
    ended) kept=; for one in $pids; do [ "$one" = "$which" ] || kept="$kept $one"; done; pids=$kept ;;
    folder) set -- "$@" "$which" ;;
    removed) for one; do shift; [ "$one" = "$which" ] || set -- "$@" "$one"; done ;;
  esac
done
for pid in $pids; do kill -s KILL -- "-$pid"; done
[ $# = 0 ] || rm -rf -- "$@"`;

/** The shell of this process, from the first instance on. It costs nothing while it waits, and does not keep the process alive. */
let shell: ChildProcess | undefined;

/** What the shell knows. Where somebody has ended it, the next one is told all of it. */
const guarded = new Set<string>();

function guard(what: string): void {
  guarded.add(what);
  tell(what);
}

function forget(what: string, end: string): void {
  if (guarded.delete(what)) tell(end);
}

function tell(line: string): void {
  if (process.platform === "win32") return;
  const lines = shell === undefined ? [...guarded] : [line];
  shell ??= startShell();
  for (const one of lines) shell.stdin?.write(`${one}\n`);
}

function startShell(): ChildProcess {
  const started = spawn("/bin/sh", ["-c", script, "instances"], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
  });
  started.on("error", () => {});
  started.once("exit", () => {
    if (shell === started) shell = undefined;
  });
  started.stdin?.on("error", () => {});
  started.unref();
  if (started.stdin instanceof Socket) started.stdin.unref();
  return started;
}

/** Does to the shell what the end of this process does. */
export function endGuard(): void {
  shell?.stdin?.end();
  shell = undefined;
  guarded.clear();
}

/**
 * Makes sure that no process of an instance outlives this one, not even one that is caught in an endless loop when this
 * process is killed: a shell that does nothing but read from a pipe, and kills when the pipe ends. It removes the folder
 * too. On Windows, Node.js ends child processes with their parent by itself.
 */
export class ProcessGuard {
  #guarded: string | undefined;

  /** `folder`: temporary, of this process alone. */
  constructor(private readonly folder: () => string) {}

  watch(pid: number): void {
    if (this.#guarded === undefined) {
      this.#guarded = this.folder();
      guard(`folder ${this.#guarded}`);
    }
    guard(`process ${pid}`);
  }

  release(pid: number): void {
    forget(`process ${pid}`, `ended ${pid}`);
  }

  /** When the folder is removed. */
  close(): void {
    if (this.#guarded !== undefined) forget(`folder ${this.#guarded}`, `removed ${this.#guarded}`);
    this.#guarded = undefined;
  }
}

import { type ChildProcess, spawn } from "node:child_process";

/** Keeps a list of process groups; when its input ends, whoever ended it, it kills those that are left. */
const script = `
while read -r sign pid; do
  case $sign in
    +) pids="$pids $pid" ;;
    -) kept=; for one in $pids; do [ "$one" = "$pid" ] || kept="$kept $one"; done; pids=$kept ;;
  esac
done
for pid in $pids; do kill -s KILL -- "-$pid"; done
rm -rf -- "$1"`;

/**
 * Makes sure that no process of an instance outlives this one, not even one that is caught in an endless loop when this
 * process is killed: a shell that does nothing but read from a pipe, and kills when the pipe ends. It removes the folder
 * too. On Windows, Node.js ends child processes with their parent by itself.
 */
export class ProcessGuard {
  #shell: ChildProcess | undefined;

  /** `folder`: temporary, of this process alone. */
  constructor(private readonly folder: () => string) {}

  watch(pid: number): void {
    this.#tell(`+ ${pid}\n`);
  }

  release(pid: number): void {
    this.#tell(`- ${pid}\n`);
  }

  close(): void {
    this.#shell?.stdin?.end();
    this.#shell = undefined;
  }

  #tell(line: string): void {
    if (process.platform === "win32") return;
    this.#shell ??= this.#start();
    this.#shell.stdin?.write(line);
  }

  #start(): ChildProcess {
    const shell = spawn("/bin/sh", ["-c", script, "instances", this.folder()], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      cwd: "/",
    });
    shell.on("error", () => {});
    shell.stdin?.on("error", () => {});
    shell.unref();
    if (shell.stdin !== null && "unref" in shell.stdin && typeof shell.stdin.unref === "function")
      shell.stdin.unref();
    return shell;
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { PROJECT } from "../../../cli/common/project";
import { UserError } from "../../../local/kernel/user-error";

const LAUNCHER = path.join(PROJECT, "local", "command", "terraform", "moto_server.py");

/** An AWS API of this process: it holds everything in memory, and ends when this process does, however that is. */
export interface MotoServer {
  readonly endpoint: string;
  /** Forgets every resource. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts moto on a free port of the loopback interface and waits until it answers.
 *
 * @param python one that has moto
 * @throws UserError with the end of what moto said when it does not start
 */
export async function startMotoServer(python: string): Promise<MotoServer> {
  const child = spawn(python, [LAUNCHER, "-H", "127.0.0.1", "-p", "0"], {
    // Terraform attaches a policy that AWS manages.
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
    stdio: ["pipe", "ignore", "pipe"],
  });
  const endpoint = await readEndpoint(child);
  return {
    endpoint,
    async reset() {
      const answer = await fetch(`${endpoint}/moto-api/reset`, { method: "POST" });
      if (!answer.ok) throw new Error(`moto answered its reset with status ${answer.status}`);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** The server says where it listens as soon as it does; port 0 lets no other process take the port before. */
async function readEndpoint(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new UserError(`moto cannot be started: ${error.message}`)));
    child.once("exit", () => reject(new UserError(`moto has not started\n${said.slice(-10).join("\n")}`)));
    if (!child.stderr) throw new Error("moto's standard error is not piped");
    // It goes on being read: moto logs each request there, and would stop at a full pipe.
    createInterface({ input: child.stderr }).on("line", (line) => {
      const endpoint = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (endpoint) resolve(endpoint);
      if (said.length < 100) said.push(line);
    });
  });
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Endpoints } from "../../../local/command/endpoints";
import { type FolderOptions, synthesizeToFolder } from "../../support/synthesized-folder";
import { CommandProcess, endpointsIn } from "./command-process";

/** A process of `npm start` that serves. */
export interface Serving {
  readonly file: string;
  readonly process: CommandProcess;
  readonly endpoints: Endpoints;
}

type How = [env?: Record<string, string>, wrap?: ConstructorParameters<typeof CommandProcess>[3]];

/** The processes of `npm start` that a suite starts, and a folder for the files that they write. */
export class Starts {
  readonly files = mkdtempSync(path.join(tmpdir(), "endpoints of a start "));
  readonly #synthesized: ReturnType<typeof synthesizeToFolder>;
  readonly #processes: CommandProcess[] = [];

  constructor(options: FolderOptions = {}) {
    this.#synthesized = synthesizeToFolder(options);
  }

  start(words: readonly string[], ...how: How): CommandProcess {
    const started = new CommandProcess("start", words, ...how);
    this.#processes.push(started);
    return started;
  }

  /** The options with which a start serves, on a free port unless it is given one, and writes that file. */
  servingTo(file: string, port = "0"): string[] {
    return [
      ...["--out", this.#synthesized.folder, "--port", port],
      ...["--endpoints-file", path.join(this.files, file)],
    ];
  }

  async serve(name: string, words: readonly string[] = [], ...how: How): Promise<Serving> {
    const process = this.start([...this.servingTo(name), ...words], ...how);
    const file = path.join(this.files, name);
    return { file, process, endpoints: await endpointsIn(file, process) };
  }

  /** Whatever state a test left them in. */
  async end(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.kill()));
    this.#synthesized.remove();
    rmSync(this.files, { recursive: true, force: true });
  }
}

/** Greets somebody, without a token unless one is among the headers. */
export function send({ endpoints }: Serving, target: string, headers: Record<string, string> = {}) {
  return fetch(`${endpoints.invokeUrl}${target}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: '{"name": "Ada"}',
  });
}

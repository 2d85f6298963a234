import { createInterface } from "node:readline/promises";

/** Nothing but `yes` is taken for it: neither a closed input nor Ctrl-C, which the prompt keeps from this process, is an answer. */
export async function isYes(question: string, signal: AbortSignal): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  prompt.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const closed = new Promise<undefined>((resolve) => prompt.once("close", () => resolve(undefined)));
  try {
    const answer = await Promise.race([
      prompt.question(`${question} Only yes is taken: `, { signal }),
      closed,
    ]);
    return answer === "yes";
  } finally {
    prompt.close();
  }
}

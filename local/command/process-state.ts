import { codeOf } from "./describe-error";

/** Tells whether a process is there. A process of another user is, though no signal may be sent to it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

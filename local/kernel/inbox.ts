import { randomUUID } from "node:crypto";

/** A message that AWS would send to a person. */
export interface Mail {
  readonly id: string;
  /** When it was sent, in milliseconds since the epoch. */
  readonly at: number;
  readonly to: string;
  readonly medium: "EMAIL" | "SMS";
  /** The user pool that sent it. */
  readonly poolId: string;
  readonly poolName: string;
  readonly username: string;
  /** What it is for, in a word or two: `sign-up`, `password-reset`. */
  readonly purpose: string;
  readonly subject: string;
  /** As it was written; a template of Cognito's may have tags. */
  readonly text: string;
  /** What is to be typed in: a code, or a temporary password. */
  readonly code: string;
}

/** Where the inbox is, below the runtime's address: no stage has a dot in its name. */
export const INBOX_PATH = "/.inbox";

/** The newest messages that AWS would have sent, so that memory does not grow with their number. */
export class Inbox {
  private readonly kept: Mail[] = [];
  private readonly listeners = new Set<(mail: Mail) => void>();

  constructor(private readonly capacity = 500) {}

  add(mail: Omit<Mail, "id">): void {
    const added = { id: randomUUID(), ...mail };
    this.kept.push(added);
    if (this.kept.length > this.capacity) this.kept.shift();
    for (const listener of this.listeners) listener(added);
  }

  /** Newest first. */
  recent(limit = this.capacity): Mail[] {
    return this.kept.slice(-limit || this.kept.length).reverse();
  }

  /** Calls the listener for each message from now on. @returns what ends that */
  onAdded(listener: (mail: Mail) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}

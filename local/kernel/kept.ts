/** What outlives a restart of the services: a service that finds its state here goes on with it. */
export class Kept {
  private readonly values = new Map<string, unknown>();
  private readonly opened = new Map<string, { close(): Promise<void> }>();

  /** What was kept under that key, else what `make` gives, which is kept from now on. A key has values of one type. */
  of<T>(key: string, make: () => T): T {
    if (!this.values.has(key)) this.values.set(key, make());
    return this.values.get(key) as T;
  }

  /** As `of`, for what has processes or files of its own: kept until everything is closed. */
  open<T extends { close(): Promise<void> }>(key: string, make: () => T): T {
    const value = this.of(key, make);
    this.opened.set(key, value);
    return value;
  }

  /** Closes what has processes or files of its own. Whoever asks for it again gets a new one. */
  async close(): Promise<void> {
    const opened = [...this.opened];
    this.opened.clear();
    for (const [key] of opened) this.values.delete(key);
    await Promise.all(opened.map(([, value]) => value.close()));
  }
}

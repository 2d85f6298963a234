/** What outlives a restart of the services: a service that finds its state here goes on with it. */
export class Kept {
  private readonly values = new Map<string, unknown>();

  /** What was kept under that key, else what `make` gives, which is kept from now on. A key has values of one type. */
  of<T>(key: string, make: () => T): T {
    if (!this.values.has(key)) this.values.set(key, make());
    return this.values.get(key) as T;
  }
}

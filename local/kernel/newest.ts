/** The newest items, so that memory does not grow with their number. */
export class Newest<T> {
  private readonly kept: T[] = [];
  private next = 0;

  constructor(readonly capacity: number) {}

  add(item: T): void {
    this.kept[this.next] = item;
    this.next = (this.next + 1) % this.capacity;
  }

  /** Newest first. */
  recent(limit = this.capacity): T[] {
    const inOrder = [...this.kept.slice(this.next), ...this.kept.slice(0, this.next)];
    return inOrder.slice(-limit || inOrder.length).reverse();
  }

  find(isIt: (item: T) => boolean): T | undefined {
    return this.kept.find(isIt);
  }

  filter(isIt: (item: T) => boolean): T[] {
    return this.recent().filter(isIt).reverse();
  }

  clear(): void {
    this.kept.length = 0;
    this.next = 0;
  }
}

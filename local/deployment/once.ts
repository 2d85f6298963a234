import { DeploymentError } from "./attributes";

/** Computes each thing once, and finds out when a thing needs itself. */
export class Once<T> {
  private readonly results = new Map<string, T>();

  /** `trail`: what is being computed now, from the outermost; shared by everything that can be part of one cycle. */
  constructor(private readonly trail: string[]) {}

  get(key: string, compute: () => T): T {
    const known = this.results.get(key);
    if (known !== undefined) return known;
    if (this.trail.includes(key)) {
      const cycle = [...this.trail.slice(this.trail.indexOf(key)), key];
      throw new DeploymentError(
        `the references go round in a circle: ${cycle.join(" → ")}; take one of them out, Terraform cannot resolve it either`,
      );
    }
    this.trail.push(key);
    const result = compute();
    this.trail.pop();
    this.results.set(key, result);
    return result;
  }

  done(): T[] {
    return [...this.results.values()];
  }
}

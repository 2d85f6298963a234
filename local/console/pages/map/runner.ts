/** One thing that runs along the map. */
export interface Run {
  readonly paths: readonly SVGPathElement[];
  readonly tone: "good" | "bad" | "fail";
  /** The part where it was decided. */
  readonly end: SVGElement | undefined;
}

const EDGE_MS = 190;
const AT_ONCE = 24;
const SVG = "http://www.w3.org/2000/svg";

/** Moves a dot along the edges for each request; where many come at once, the counts alone tell of the others. */
export class Runner {
  #running = 0;

  constructor(private readonly layer: SVGGElement) {}

  start({ paths, tone, end }: Run): void {
    if (this.#running >= AT_ONCE || paths.length === 0) return;
    this.#running++;
    const dot = document.createElementNS(SVG, "circle");
    dot.setAttribute("r", "6");
    dot.setAttribute("class", "runner");
    this.layer.append(dot);
    const begin = performance.now();
    const step = (now: number) => {
      const progress = Math.max(0, now - begin) / EDGE_MS;
      const path = paths[Math.floor(progress)];
      if (path === undefined || !dot.isConnected) {
        dot.remove();
        this.#running--;
        if (end !== undefined) flash(end, tone);
        return;
      }
      const { x, y } = path.getPointAtLength(path.getTotalLength() * (progress % 1));
      dot.setAttribute("transform", `translate(${x} ${y})`);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }
}

/** Marks the part where a request was decided for a moment. */
export function flash(part: SVGElement, tone: Run["tone"]): void {
  part.classList.remove("flash-good", "flash-bad", "flash-fail");
  // Reading the box restarts the animation of a class that was there already.
  part.getBoundingClientRect();
  part.classList.add(`flash-${tone}`);
}

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { clockTime } from "../kit/format";
import { useMedia, useStore } from "../kit/hooks";
import { theme } from "../kit/theme";

export interface Series {
  readonly name: string;
  /** A colour of the style sheet: `--good`. */
  readonly colour: string;
  readonly values: readonly number[];
}

/** Counts over time. The table of the same figures is beside it, so a reader who does not see it misses nothing. */
export function Chart({
  times,
  series,
  label,
}: {
  /** In milliseconds. */
  times: readonly number[];
  series: readonly Series[];
  label: string;
}) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const isDark = useMedia("(prefers-color-scheme: dark)");
  const chosen = useStore(theme);
  const names = series.map(({ name }) => name).join();
  const data = [times.map((at) => at / 1_000), ...series.map(({ values }) => [...values])] as [
    number[],
    ...number[][],
  ];

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
    const probe = (name: string) => resolved(element, name) || colour(name);
    const axis = {
      stroke: probe("--muted"),
      font: `14px ${getComputedStyle(element).fontFamily}`,
      grid: { stroke: probe("--line"), width: 1 },
      ticks: { stroke: probe("--line"), width: 1 },
    };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: 220,
        cursor: { points: { size: 7 } },
        scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.1)] } },
        axes: [
          {
            ...axis,
            space: 90,
            values: (_, splits) => splits.map((at) => clockTime(at * 1_000).slice(0, 5)),
          },
          { ...axis, size: 52, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 10_000] },
        ],
        series: [
          { value: (_, at) => (at === null ? "–" : clockTime(at * 1_000).slice(0, 8)) },
          ...series.map(({ name, colour: own }, index) => ({
            label: name,
            stroke: probe(own),
            width: 2,
            fill: index === 0 ? `color-mix(in srgb, ${probe(own)} 12%, transparent)` : undefined,
            dash: index === 0 ? [] : index === 1 ? [6, 3] : [2, 3],
            points: { show: false },
          })),
        ],
      },
      data,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: 220 }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [names, isDark, chosen]);
  useEffect(() => plot.current?.setData(data), [times, series]);

  return <div class="chart" ref={host} role="img" aria-label={label} />;
}

/** The colour that a property stands for where the element is: a canvas does not know `light-dark()`. */
function resolved(element: HTMLElement, property: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${property})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

import { Component, type ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useKey } from "../kit/keyboard";
import { go } from "../kit/router";
import { rowsInView } from "./rows";

export interface Column<T> {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
}

/**
 * A table of any length, of which only the rows in view are drawn. The first cell of a row is its link, which takes clicks on
 * the whole row; `j` and `k` move. Rows that arrive above what is read do not move it.
 */
export function VirtualTable<T extends { readonly id: string }>({
  rows,
  columns,
  rowHeight,
  href,
  currentId,
  label,
  rowClass,
}: {
  rows: readonly T[];
  columns: readonly Column<T>[];
  rowHeight: number;
  href: (row: T) => string;
  currentId?: string | undefined;
  label: string;
  rowClass?: (row: T) => string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scrollTop: 0, height: 800 });
  const first = useRef<string | undefined>(undefined);
  const toFocus = useRef<string | undefined>(undefined);

  const look = () => {
    const { scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    setView({ scrollTop, height: clientHeight });
  };
  useLayoutEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    if (box.current !== null) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const arrived = rows.findIndex(({ id }) => id === first.current);
    if (arrived > 0 && box.current !== null && box.current.scrollTop > 0) {
      box.current.scrollTop += arrived * rowHeight;
    }
    first.current = rows[0]?.id;
  }, [rows, rowHeight]);
  useLayoutEffect(() => {
    if (toFocus.current === undefined) return;
    const link = box.current?.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(toFocus.current)}"] a`);
    link?.focus({ preventScroll: true });
    if (link !== null) toFocus.current = undefined;
  });

  const move = (by: 1 | -1) => {
    const focused = document.activeElement?.closest<HTMLElement>("tr[data-id]")?.dataset.id ?? currentId;
    const at = rows.findIndex(({ id }) => id === focused);
    const row = rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))];
    if (row === undefined || box.current === null) return;
    const top = rows.indexOf(row) * rowHeight;
    const head = rowHeight;
    if (top < box.current.scrollTop) box.current.scrollTop = top;
    const bottom = top + rowHeight + head;
    if (bottom > box.current.scrollTop + box.current.clientHeight) {
      box.current.scrollTop = bottom - box.current.clientHeight;
    }
    toFocus.current = row.id;
    look();
    if (currentId !== undefined) go(href(row), { replace: true });
  };
  useKey("j", "next row", () => move(1));
  useKey("k", "previous row", () => move(-1));

  const { from, to } = rowsInView({ count: rows.length, rowHeight, ...view });
  return (
    <div class="scroll" ref={box} onScroll={look}>
      <table class="virtual" aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ id, title }) => (
              <th key={id} class={`col-${id}`} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {from > 0 && <tr class="gap" style={{ height: `${from * rowHeight}px` }} />}
          {rows.slice(from, to).map((row, index) => (
            <Row
              key={row.id}
              row={row}
              columns={columns}
              index={from + index + 2}
              height={rowHeight}
              href={href(row)}
              isCurrent={row.id === currentId}
              className={rowClass?.(row)}
            />
          ))}
          {to < rows.length && <tr class="gap" style={{ height: `${(rows.length - to) * rowHeight}px` }} />}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps<T> {
  readonly row: T;
  readonly columns: readonly Column<T>[];
  readonly index: number;
  readonly height: number;
  readonly href: string;
  readonly isCurrent: boolean;
  readonly className: string | undefined;
}

/** A row that is drawn again only when it shows something else: most stay as they are while a list is scrolled. */
class Row<T extends { readonly id: string }> extends Component<RowProps<T>> {
  override shouldComponentUpdate(next: RowProps<T>): boolean {
    const keys = Object.keys(next) as (keyof RowProps<T>)[];
    return keys.some((key) => !Object.is(next[key], this.props[key]));
  }

  override render({ row, columns, index, height, href, isCurrent, className }: RowProps<T>) {
    return (
      <tr
        data-id={row.id}
        class={className}
        aria-rowindex={index}
        aria-current={isCurrent ? "true" : undefined}
        style={{ height: `${height}px` }}
      >
        {columns.map(({ id, cell }, place) => (
          <td key={id} class={`col-${id}`}>
            {place === 0 ? (
              <a class="row-link" href={href}>
                {cell(row)}
              </a>
            ) : (
              cell(row)
            )}
          </td>
        ))}
      </tr>
    );
  }
}

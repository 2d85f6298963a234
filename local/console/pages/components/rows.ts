/** The rows of a long list that are drawn: those in view and some around them. `before` and `after` are left out. */
export function rowsInView({
  count,
  rowHeight,
  scrollTop,
  height,
  around = 8,
}: {
  readonly count: number;
  readonly rowHeight: number;
  readonly scrollTop: number;
  readonly height: number;
  readonly around?: number;
}): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight)) - around);
  const to = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + around);
  return { from, to: Math.max(from, to) };
}

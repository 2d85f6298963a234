/**
 * Removes repeated slashes, `.` segments and `..` segments with the segment before them. A `..` at the beginning of a
 * relative path stays, and so does a slash at the end.
 */
export function normalizePath(path: string): string {
  const absolute = path.startsWith("/");
  const kept: string[] = [];
  const segments = path.split("/");
  for (const segment of segments) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!absolute) kept.push(segment);
  }
  const last = segments.at(-1) ?? "";
  const directory = kept.length > 0 && (last === "" || last === "." || last === "..");
  return `${absolute ? "/" : ""}${kept.join("/")}${directory ? "/" : ""}`;
}

/** OWASP API Security Top 10, edition 2023. */
export const CATEGORIES = [
  "Broken Object Level Authorization",
  "Broken Authentication",
  "Broken Object Property Level Authorization",
  "Unrestricted Resource Consumption",
  "Broken Function Level Authorization",
  "Unrestricted Access to Sensitive Business Flows",
  "Server Side Request Forgery",
  "Security Misconfiguration",
  "Improper Inventory Management",
  "Unsafe Consumption of APIs",
];

/** After OWASP's: what is tried on the pages for people, which are not an API. */
export const LOGIN_PAGE = CATEGORIES.length + 1;

const END = "<!-- threats: end -->";

/** `### API1:2023 Broken Object Level Authorization` */
export function headingOf(category: number): string {
  return category === LOGIN_PAGE
    ? "### The login page"
    : `### API${category}:2023 ${CATEGORIES[category - 1]}`;
}

/** How the name of the category's suite starts. */
export function suiteOf(category: number): string {
  return category === LOGIN_PAGE ? "login-page" : `api${category}-`;
}

/** The document with that table under the category's heading. */
export function withSection(document: string, category: number, rows: readonly string[]): string {
  const heading = `${headingOf(category)}\n`;
  const start = document.indexOf(heading);
  if (start < 0)
    throw new Error(`docs/security.md has no heading "${heading.trim()}"; write it between the marks`);
  const next = category === LOGIN_PAGE ? END : `${headingOf(category + 1)}\n`;
  const end = document.indexOf(next, start);
  if (end < 0) throw new Error(`docs/security.md has no "${next.trim()}" after "${heading.trim()}"`);
  const table = [
    "| threat | layer | setting | test | without the defence |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ];
  return `${document.slice(0, start)}${heading}\n${table.join("\n")}\n\n${document.slice(end)}`;
}

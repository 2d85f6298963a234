import { Store } from "./store";

export type Theme = "system" | "light" | "dark";

const KEY = "console-theme";
const ORDER: readonly Theme[] = ["system", "light", "dark"];

/** What the visitor chose; the system's own at first. */
export const theme = new Store<Theme>("system");

export function startTheme(): void {
  const kept = localStorage.getItem(KEY);
  choose(ORDER.find((name) => name === kept) ?? "system");
}

export function nextTheme(): void {
  choose(ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? "system");
}

function choose(name: Theme): void {
  theme.value = name;
  document.documentElement.style.colorScheme = name === "system" ? "" : name;
  if (name === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, name);
}

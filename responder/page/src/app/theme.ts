// The colours: light, dark, or those of the system; the choice is kept in the browser.

import { update } from "./state";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "dnshist-theme";

export function savedTheme(): Theme {
  try {
    const saved = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === saved) ?? "auto";
  } catch {
    return "auto"; // a browser that keeps nothing
  }
}

export function showTheme(theme: Theme): void {
  document.documentElement.classList.remove("light", "dark");
  if (theme !== "auto") document.documentElement.classList.add(theme);
}

export function chooseTheme(theme: Theme): void {
  showTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // it is chosen for as long as the page stays
  }
  update({ theme });
}

// What this browser remembers for its reader: the colours, and whether single keys do anything. Nothing of it is sent.
//
// Always holds: a browser that keeps nothing (private windows, blocked storage) still works, with the usual choice.

import { useState } from "react";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const THEME_KEY = "assay-theme";
const SHORTCUTS_KEY = "assay-shortcuts";

/** Before the first paint, so that a dark page never flashes light. */
export function applyStoredTheme(): void {
  applyTheme(parseTheme(read(THEME_KEY)));
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(() => parseTheme(read(THEME_KEY)));
  return [
    theme,
    (chosen) => {
      setTheme(chosen);
      write(THEME_KEY, chosen);
      applyTheme(chosen);
    },
  ];
}

export function useShortcutsEnabled(): [boolean, (enabled: boolean) => void] {
  const [enabled, setEnabled] = useState(() => read(SHORTCUTS_KEY) !== "off");
  return [
    enabled,
    (chosen) => {
      setEnabled(chosen);
      write(SHORTCUTS_KEY, chosen ? "on" : "off");
    },
  ];
}

function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

function parseTheme(stored: string | null): Theme {
  return THEMES.find((theme) => theme === stored) ?? "system";
}

function read(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    // Storage is blocked: the usual choice stands.
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // Storage is blocked or full: the choice holds until the page is left.
  }
}

// Where the reader is: the browser's address is the only state of that kind, so that every view can be linked to, gone
// back from and opened in a new tab. Links are real links; a plain click changes the address without loading the page.

import { type ComponentProps, type MouseEvent, useSyncExternalStore } from "react";
import { RUNS_PATH } from "./prepare/runs-view.ts";

export const PATHS = {
  usage: "/usage",
  runs: RUNS_PATH,
  patterns: "/patterns",
  schedules: "/schedules",
  review: "/review",
  organisation: "/organisation",
  keys: "/keys",
  policy: "/policy",
  settings: "/settings",
  operator: "/operator",
  signIn: "/sign-in",
} as const;

/** The browser tells of going back and of a changed fragment, but not of `pushState`. */
const NAVIGATED = "assay:navigated";

/** The current address, without the origin; a component that asks is drawn again when it changes. */
export function useAddress(): URL {
  const href = useSyncExternalStore(subscribe, () => window.location.href);
  return new URL(href);
}

/** Goes to an address of this application: `/runs?pages=2`. */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  if (replace) window.history.replaceState(null, "", to);
  else {
    const isOtherPage = new URL(to, window.location.href).pathname !== window.location.pathname;
    window.history.pushState(null, "", to);
    if (isOtherPage) window.scrollTo(0, 0);
  }
  window.dispatchEvent(new Event(NAVIGATED));
}

export function Link({ href, children, ...attributes }: ComponentProps<"a"> & { href: string }) {
  const follow = (event: MouseEvent) => {
    // With a modifier the reader means a new tab or window, which is the browser's work.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a {...attributes} href={href} onClick={follow}>
      {children}
    </a>
  );
}

function subscribe(notify: () => void): () => void {
  const events = ["popstate", "hashchange", NAVIGATED];
  for (const event of events) window.addEventListener(event, notify);
  return () => {
    for (const event of events) window.removeEventListener(event, notify);
  };
}

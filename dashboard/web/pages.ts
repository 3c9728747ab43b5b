// The pages: what each is called, where it stands, for whom it is, and what draws it. The rail, the single keys and the application
// read this list; a page that is not for somebody is in none of them.
//
// Always holds: each page is loaded when it is gone to. Hiding one protects nothing: what it would show is refused by the server.

import { type ComponentType, lazy } from "react";
import type { Me } from "../../schemas/dashboard-api.ts";
import type { IconName } from "./components/icon.tsx";
import { PATHS } from "./location.tsx";
import { idBelow } from "./prepare/addresses.ts";

export const PAGE_GROUPS = ["Mine", "For managers", "For owners", "Shared", "For operators"] as const;

/** `id`: of the thing that the page is about, `/runs/ID`; null: the address names none. */
export type PageView = ComponentType<{ id: string | null }>;

export interface Page {
  path: string;
  label: string;
  group: (typeof PAGE_GROUPS)[number];
  icon: IconName;
  /** Goes there after `g`. */
  key: string;
  isFor(me: Me): boolean;
  View: PageView;
  /** What one thing of the page is drawn by, where it has a page of its own. */
  DetailView?: PageView;
}

const everybody = () => true;

export const PAGES: readonly Page[] = [
  {
    path: PATHS.usage,
    label: "My usage",
    group: "Mine",
    icon: "usage",
    key: "u",
    isFor: everybody,
    View: lazy(async () => ({ default: (await import("./pages/my-usage.tsx")).MyUsage })),
  },
  {
    path: PATHS.runs,
    label: "My runs",
    group: "Mine",
    icon: "runs",
    key: "r",
    isFor: everybody,
    View: lazy(async () => ({ default: (await import("./pages/my-runs.tsx")).MyRuns })),
    DetailView: lazy(async () => ({ default: (await import("./pages/run.tsx")).RunPage })),
  },
  {
    path: PATHS.patterns,
    label: "My patterns",
    group: "Mine",
    icon: "patterns",
    key: "p",
    isFor: everybody,
    View: lazy(async () => ({ default: (await import("./pages/my-patterns.tsx")).MyPatterns })),
    DetailView: lazy(async () => ({ default: (await import("./pages/my-patterns.tsx")).MyPatterns })),
  },
  {
    path: PATHS.schedules,
    label: "Schedules",
    group: "Mine",
    icon: "schedules",
    key: "s",
    isFor: everybody,
    View: lazy(async () => ({ default: (await import("./pages/schedules.tsx")).Schedules })),
  },
  {
    path: PATHS.review,
    label: "Review",
    group: "For managers",
    icon: "review",
    key: "v",
    isFor: ({ is_manager, role }) => is_manager || role === "officer",
    View: lazy(async () => ({ default: (await import("./pages/review.tsx")).Review })),
    DetailView: lazy(async () => ({ default: (await import("./pages/review.tsx")).Review })),
  },
  {
    path: PATHS.organisation,
    label: "Organisation",
    group: "For owners",
    icon: "organisation",
    key: "o",
    isFor: ({ role }) => role === "owner",
    View: lazy(async () => ({ default: (await import("./pages/organisation.tsx")).Organisation })),
  },
  {
    path: PATHS.keys,
    label: "Keys and clients",
    group: "Shared",
    icon: "keys",
    key: "k",
    isFor: everybody,
    View: lazy(async () => ({ default: (await import("./pages/keys-and-clients.tsx")).KeysAndClients })),
  },
  {
    path: PATHS.policy,
    label: "Policy and audit",
    group: "Shared",
    icon: "policy",
    key: "a",
    isFor: everybody,
    View: lazy(async () => ({ default: (await import("./pages/policy-and-audit.tsx")).PolicyAndAudit })),
  },
  {
    path: PATHS.settings,
    label: "Settings",
    group: "Shared",
    icon: "settings",
    key: "t",
    isFor: everybody,
    View: lazy(async () => ({ default: (await import("./pages/settings.tsx")).Settings })),
  },
  {
    path: PATHS.operator,
    label: "Operator",
    group: "For operators",
    icon: "operator",
    key: "f",
    isFor: ({ role }) => role === "operator" || role === "owner",
    View: lazy(async () => ({ default: (await import("./pages/operator.tsx")).Operator })),
  },
];

export interface FoundPage {
  page: { View: PageView };
  id: string | null;
}

/** The page of an address, for whom it is; undefined: there is none, or it is not for them. */
export function findPage(path: string, me: Me): FoundPage | undefined {
  for (const page of PAGES) {
    if (!page.isFor(me)) continue;
    if (path === page.path) return { page, id: null };
    const id = idBelow(path, page.path);
    if (page.DetailView !== undefined && id !== null) return { page: { View: page.DetailView }, id };
  }
  return undefined;
}

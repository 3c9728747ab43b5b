// The frame around every page: the rail of pages, the person, sign out. Narrow screens get the same as a menu.
//
// Always holds: only pages that the person may open are listed; what is absent is not hinted at.

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link, PATHS } from "../location.tsx";
import { Account } from "./account.tsx";
import { Dialog } from "./dialog.tsx";
import { Icon, Mark } from "./icon.tsx";

const GROUPS = [
  {
    heading: "Mine",
    pages: [
      { path: PATHS.usage, label: "My usage", icon: "usage" },
      { path: PATHS.runs, label: "My runs", icon: "runs" },
      { path: PATHS.schedules, label: "Schedules", icon: "schedules" },
    ],
  },
  { heading: "Shared", pages: [{ path: PATHS.keys, label: "Keys and clients", icon: "keys" }] },
] as const;

export function Frame({ path, children }: { path: string; children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const shownPath = useRef(path);
  useEffect(() => {
    // The title of a page that was gone to takes the focus, so that a screen reader says where the reader is now. On the
    // first page the focus stays at the start of the document, where the skip link is.
    if (shownPath.current !== path) main.current?.querySelector("h1")?.focus();
    shownPath.current = path;
  }, [path]);
  return (
    <div className="app">
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <header className="rail">
        <RailContent path={path} />
      </header>
      <TopBar path={path} />
      <main ref={main} id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function TopBar({ path }: { path: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <header className="topbar">
      <div className="brand">
        <Mark /> Assay
      </div>
      <Dialog
        title="Menu"
        kind="menu"
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        trigger={
          <button type="button" className="button" data-kind="plain" aria-label="Open the menu">
            <Icon name="menu" />
          </button>
        }
      >
        <RailContent path={path} onFollow={() => setIsOpen(false)} />
      </Dialog>
    </header>
  );
}

function RailContent({ path, onFollow }: { path: string; onFollow?: () => void }) {
  return (
    <div className="rail-content">
      <div className="brand">
        <Mark /> Assay
      </div>
      <nav aria-label="Pages" onClick={onFollow}>
        {GROUPS.map(({ heading, pages }) => (
          <div key={heading} className="nav-group">
            <h2 className="nav-heading">{heading}</h2>
            {pages.map((page) => (
              <Link
                key={page.path}
                href={page.path}
                aria-current={isWithin(path, page.path) ? "page" : undefined}
              >
                <Icon name={page.icon} />
                {page.label}
              </Link>
            ))}
          </div>
        ))}
      </nav>
      <Account />
    </div>
  );
}

/** A run's page lies within My runs. */
function isWithin(path: string, page: string): boolean {
  return path === page || path.startsWith(`${page}/`);
}

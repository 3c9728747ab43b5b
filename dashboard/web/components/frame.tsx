// The frame around every page: the rail of pages, the person, sign out. Narrow screens get the same as a menu.
//
// Always holds: only pages that the person may open are listed; what is absent is not hinted at.

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link } from "../location.tsx";
import { PAGE_GROUPS, PAGES } from "../pages.ts";
import { useSession } from "../session.ts";
import { Account } from "./account.tsx";
import { Dialog } from "./dialog.tsx";
import { Icon, Mark } from "./icon.tsx";
import { NoticesDialog, NoticesEntry, useNoticeMarks } from "./notices.tsx";

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
      <NoticesDialog />
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
      <NoticesEntry kind="sign" />
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
  const { me } = useSession();
  const pages = PAGES.filter((page) => page.isFor(me));
  const hasNews = useNoticeMarks(path);
  return (
    <div className="rail-content">
      <div className="brand">
        <Mark /> Assay
      </div>
      <nav aria-label="Pages" onClick={onFollow}>
        {PAGE_GROUPS.map((group) => [group, pages.filter((page) => page.group === group)] as const)
          .filter(([, ofGroup]) => ofGroup.length > 0)
          .map(([group, ofGroup]) => (
            <div key={group} className="nav-group">
              <h2 className="nav-heading">{group}</h2>
              {ofGroup.map((page) => (
                <Link
                  key={page.path}
                  href={page.path}
                  aria-current={isWithin(path, page.path) ? "page" : undefined}
                >
                  <Icon name={page.icon} />
                  {page.label}
                  {hasNews(page.path) && (
                    <span className="rail-mark">
                      <span className="visually-hidden">, something new</span>
                    </span>
                  )}
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

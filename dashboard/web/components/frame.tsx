// The frame around every page: the rail of pages, the person, sign out. Narrow screens get the same as a menu.
//
// Always holds: only pages that the person may open are listed; what is absent is not hinted at.

import * as Dialog from "@radix-ui/react-dialog";
import { type ReactNode, useState } from "react";
import { Link, PATHS } from "../location.tsx";
import { Account } from "./account.tsx";
import { Icon, Mark } from "./icon.tsx";

const GROUPS = [
  {
    heading: "Mine",
    pages: [
      { path: PATHS.usage, label: "My usage", icon: "usage" },
      { path: PATHS.runs, label: "My runs", icon: "runs" },
    ],
  },
  { heading: "Shared", pages: [{ path: PATHS.keys, label: "Keys and clients", icon: "keys" }] },
] as const;

export function Frame({ path, children }: { path: string; children: ReactNode }) {
  return (
    <div className="app">
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <header className="rail">
        <RailContent path={path} />
      </header>
      <TopBar path={path} />
      <main id="main" tabIndex={-1}>
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
      <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
        <Dialog.Trigger asChild>
          <button type="button" className="button" data-kind="plain" aria-label="Open the menu">
            <Icon name="menu" />
          </button>
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Overlay className="dialog-overlay" />
          <Dialog.Content className="dialog" data-side="left" aria-describedby={undefined}>
            <Dialog.Title className="visually-hidden">Menu</Dialog.Title>
            <RailContent path={path} onFollow={() => setIsOpen(false)} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
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
              <Link key={page.path} href={page.path} aria-current={page.path === path ? "page" : undefined}>
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

// The head of a page: its title, who can see it, and its controls.

import { type ReactNode, useEffect } from "react";
import { Icon } from "./icon.tsx";

interface PageHeadProps {
  title: string;
  /** Whole sentences: who sees this page, and whether looking is recorded. */
  audience: string;
  notes?: ReactNode;
  children?: ReactNode;
}

export function PageHead({ title, audience, notes, children }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · Assay`;
  }, [title]);
  return (
    <div className="page-head">
      <div>
        <h1 tabIndex={-1}>{title}</h1>
        <p className="audience-line">
          <Icon name="lock" />
          {audience} {notes !== undefined && <span className="quiet">{notes}</span>}
        </p>
      </div>
      {children !== undefined && <div className="page-controls">{children}</div>}
    </div>
  );
}

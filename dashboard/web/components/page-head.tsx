// The head of a page: its title, who can see it, and its controls. The title takes the focus when the page is changed, so
// that a screen reader says where the reader is now.

import { type ReactNode, useEffect, useRef } from "react";
import { Icon } from "./icon.tsx";

interface PageHeadProps {
  title: string;
  /** Whole sentences: who sees this page, and whether looking is recorded. */
  audience: string;
  notes?: ReactNode;
  children?: ReactNode;
}

export function PageHead({ title, audience, notes, children }: PageHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Assay`;
    // On the first page the focus stays at the start of the document, where the skip link is.
    if (document.activeElement !== document.body) heading.current?.focus();
  }, [title]);
  return (
    <div className="page-head">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p className="audience-line">
          <Icon name="lock" />
          {audience} {notes !== undefined && <span className="quiet">{notes}</span>}
        </p>
      </div>
      {children !== undefined && <div className="page-controls">{children}</div>}
    </div>
  );
}

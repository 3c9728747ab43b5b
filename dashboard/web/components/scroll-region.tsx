// A long table in a bounded place, which scrolls by the keyboard as well.

import type { ReactNode } from "react";

export function ScrollRegion({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="chart-table" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

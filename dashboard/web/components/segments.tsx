// A choice of one among a few views, each an address of its own.

import { Link } from "../location.tsx";

interface Segment {
  label: string;
  href: string;
  isCurrent: boolean;
}

export function Segments({ label, segments }: { label: string; segments: readonly Segment[] }) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {segments.map((segment) => (
        <Link key={segment.label} href={segment.href} aria-current={segment.isCurrent ? "true" : undefined}>
          {segment.label}
        </Link>
      ))}
    </div>
  );
}

// My patterns.

import { PageHead } from "../components/page-head.tsx";

export function MyPatterns() {
  return (
    <PageHead
      title="My patterns"
      audience="Visible to you alone until a pattern opens; then your manager sees that pattern, and each look is recorded."
    />
  );
}

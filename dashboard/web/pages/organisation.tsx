// Organisation.

import { PageHead } from "../components/page-head.tsx";

export function Organisation() {
  return (
    <PageHead
      title="Organisation"
      audience="Visible to owners. Totals of groups; no figure is one person's."
    />
  );
}

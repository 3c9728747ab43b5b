// Policy and audit.

import { PageHead } from "../components/page-head.tsx";

export function PolicyAndAudit() {
  return (
    <PageHead
      title="Policy and audit"
      audience="Everybody reads the policy. Of the audit you see what is about you or was done by you."
    />
  );
}

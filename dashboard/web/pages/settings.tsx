// Settings.

import { PageHead } from "../components/page-head.tsx";

export function Settings() {
  return (
    <PageHead
      title="Settings"
      audience="Everybody sees what is set. Owners change it, and each change is recorded."
    />
  );
}

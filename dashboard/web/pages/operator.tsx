// Operator.

import { PageHead } from "../components/page-head.tsx";

export function Operator() {
  return <PageHead title="Operator" audience="Visible to operators and owners. No figures of people." />;
}

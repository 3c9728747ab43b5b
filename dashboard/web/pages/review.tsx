// Review.

import { PageHead } from "../components/page-head.tsx";

export function Review() {
  return (
    <PageHead
      title="Review"
      audience="You see patterns that opened for your direct reports. Each look is recorded, and they see it."
    />
  );
}

// The privacy officer's answer to a contest: whether it is right, and why.

import type { ReviewedPattern } from "../../../../schemas/pattern-api.ts";
import { answerContest } from "../../api/review.ts";
import { useSession } from "../../session.ts";
import { ReviewForm } from "./review-form.tsx";

const OPTIONS = [
  {
    value: "upheld",
    label: "The contest is right",
    consequence: "The pattern is dismissed, and the same is not raised again for some months.",
  },
  {
    value: "declined",
    label: "The finding stands",
    consequence: "The clock goes on where it stood. The person can still explain it.",
  },
] as const;

export function AnswerForm({ pattern }: { pattern: ReviewedPattern }) {
  const { api } = useSession();
  return (
    <ReviewForm
      patternId={pattern.pattern_id}
      title="Your answer"
      lead={`${pattern.person_name} asked you whether the finding is right, and reads your answer. So does the manager, if it is open or opens.`}
      options={OPTIONS}
      action="Record the answer"
      note="Without an answer in time, the contest counts as right."
      send={(value: (typeof OPTIONS)[number]["value"], text) =>
        answerContest(api, pattern.pattern_id, { is_upheld: value === "upheld", text })
      }
      recorded={(value) =>
        value === "upheld"
          ? "Recorded: the contest is right, and the pattern is dismissed."
          : "Recorded: the finding stands, and the clock goes on."
      }
    />
  );
}

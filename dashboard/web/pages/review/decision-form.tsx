// The manager's decision on a pattern, with its reason. Whatever it is, it closes the pattern, and its person reads the reason.

import type { ReviewedPattern } from "../../../../schemas/pattern-api.ts";
import { decidePattern } from "../../api/review.ts";
import { formatDay } from "../../prepare/format.ts";
import { dayOf } from "../../prepare/calendar.ts";
import { DECIDED, toDecisionOptions, type DecisionOption } from "../../prepare/review-words.ts";
import { useSession } from "../../session.ts";
import { ReviewForm } from "./review-form.tsx";

export function DecisionForm({ pattern }: { pattern: ReviewedPattern }) {
  const { api, me, now } = useSession();
  const { clock } = pattern;
  const expires =
    clock === null
      ? ""
      : `Without a decision it expires on ${formatDay(clock.ends_on, dayOf(now(), me.timezone))}.`;
  return (
    <ReviewForm
      patternId={pattern.pattern_id}
      title="Your decision"
      lead={`${pattern.person_name} sees it, with your reason. A pattern is a reason to talk, and not a finding about a person.`}
      options={toDecisionOptions(pattern.statements).map(({ decision, label, consequence }) => ({
        value: decision,
        label,
        consequence,
      }))}
      action="Record the decision"
      note={expires}
      send={(decision: DecisionOption["decision"], text) =>
        decidePattern(api, pattern.pattern_id, { decision, text })
      }
      recorded={(decision) => DECIDED[decision]}
    />
  );
}

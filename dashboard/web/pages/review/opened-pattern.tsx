// One pattern that the reader opened: what it is, and what is asked of them. Reached by its address alone it asks first.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { ReviewedPattern } from "../../../../schemas/pattern-api.ts";
import { openPattern } from "../../api/review.ts";
import { Failed, Loading, Note, Skeleton } from "../../components/states.tsx";
import { Icon } from "../../components/icon.tsx";
import { Link, PATHS } from "../../location.tsx";
import { type Session, useSession } from "../../session.ts";
import { AnswerForm } from "./answer-form.tsx";
import { DecisionForm } from "./decision-form.tsx";
import { isGone } from "./gone.ts";
import { PatternBrief } from "./pattern-brief.tsx";

/** Never asked again by itself: each request is a look that the person sees. */
export const toOpeningQuery = ({ api, me }: Pick<Session, "api" | "me">, patternId: string) => ({
  queryKey: ["opened-pattern", me.person_id, patternId],
  queryFn: () => openPattern(api, patternId),
  staleTime: Infinity,
  retry: false,
});

export function OpenedPattern({ patternId }: { patternId: string }) {
  const session = useSession();
  const opened = useQuery({ ...toOpeningQuery(session, patternId), enabled: false });
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (opened.isSuccess) place.current?.querySelector("h2")?.focus();
  }, [opened.isSuccess]);
  if (opened.isFetching) return <Loading shape={<Skeleton height={480} />} />;
  if (opened.error !== null)
    return (
      <div className="section">
        {isGone(opened.error) ? (
          <Gone />
        ) : (
          <Failed error={opened.error} retry={() => void opened.refetch()} />
        )}
      </div>
    );
  if (opened.data === undefined)
    return (
      <section className="section stack">
        <p>Opening this pattern shows whose it is. The look is recorded, and its person sees it.</p>
        <button type="button" className="button" data-kind="action" onClick={() => void opened.refetch()}>
          Open the pattern
        </button>
      </section>
    );
  return (
    <div ref={place}>
      <Opened key={patternId} pattern={opened.data} />
    </div>
  );
}

function Opened({ pattern }: { pattern: ReviewedPattern }) {
  return (
    <>
      <PatternBrief pattern={pattern} personName={pattern.person_name} />
      {pattern.asks === "decision" && <DecisionForm pattern={pattern} />}
      {pattern.asks === "answer" && <AnswerForm pattern={pattern} />}
      {pattern.asks === "nothing" && (
        <section className="section">
          <Note kind="notice">
            {pattern.person_name} contested it. The clock stands still, and nothing is decided until the
            privacy officer has answered.
          </Note>
        </section>
      )}
      <p className="section notes review-limits">
        <Icon name="lock" />
        <span>
          Not available to you: totals, other runs, other weeks and scores of any person, and any text. Assay
          keeps none. <Link href={PATHS.policy}>What is kept, and who sees it</Link>
        </span>
      </p>
    </>
  );
}

/** What is closed, expired, or has another manager by now is answered as if it had never been. */
function Gone() {
  return (
    <p>
      This pattern is not open for you, or not any longer: it may be closed by now, or its person may have
      another manager. <Link href={PATHS.review}>Back to Review</Link>
    </p>
  );
}

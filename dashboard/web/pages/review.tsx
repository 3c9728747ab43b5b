// Review: is there a pattern for me to discuss, and what did the person say? The list names mechanisms and days; opening one shows whose
// it is, and is recorded.
//
// Always holds: nothing is opened but by the reader's own click, and each opening is asked for once, so that the person's audit has as many
// looks as there were.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { readReview } from "../api/review.ts";
import { PageHead } from "../components/page-head.tsx";
import { Failed, Loading, Skeleton } from "../components/states.tsx";
import { Link, PATHS } from "../location.tsx";
import { dayOf } from "../prepare/calendar.ts";
import { countAsked, toReviewRows } from "../prepare/review-words.ts";
import { useSession } from "../session.ts";
import "../styles/patterns.css";
import "../styles/review.css";
import { OpenedPattern, toOpeningQuery } from "./review/opened-pattern.tsx";
import { TeamTotals } from "./review/team-totals.tsx";

export function Review({ id }: { id: string | null }) {
  const { me } = useSession();
  return (
    <>
      <PageHead
        title="Review"
        audience={
          me.role === "officer"
            ? "You see patterns that are contested, until you have answered. What you open here is recorded, and the person sees it."
            : "You see patterns that opened for your direct reports. What you open here is recorded, and the person sees it."
        }
      />
      <div className="sheet review-sheet">
        <ReviewList id={id} />
        <div className="review-detail">
          {id === null ? <NothingOpened /> : <OpenedPattern patternId={id} />}
        </div>
        {me.is_manager && (
          <div className="review-totals">
            <TeamTotals />
          </div>
        )}
      </div>
    </>
  );
}

function ReviewList({ id }: { id: string | null }) {
  const session = useSession();
  const { api, me, now } = session;
  const queryClient = useQueryClient();
  const review = useQuery({ queryKey: ["review", me.person_id], queryFn: () => readReview(api) });
  if (review.isPending)
    return (
      <div className="section">
        <Loading shape={<Skeleton height={120} />} />
      </div>
    );
  if (review.error !== null)
    return (
      <div className="section">
        <Failed error={review.error} retry={() => void review.refetch()} />
      </div>
    );
  const rows = toReviewRows(review.data, dayOf(now(), me.timezone));
  return (
    <nav className="review-list" aria-label="Patterns to discuss">
      <div className="section">
        <h2>{countAsked(review.data)}</h2>
        <p className="labels">
          {rows.length === 0
            ? "Most managers never see anything here."
            : "In the order in which something is due"}
        </p>
      </div>
      <ul>
        {rows.map((row) => (
          <li
            key={row.patternId}
            onClick={(event) => {
              // A plain click, which the link took as its own: what opens in another tab is opened there.
              if (event.defaultPrevented)
                void queryClient.prefetchQuery(toOpeningQuery(session, row.patternId));
            }}
          >
            <Link
              href={`${PATHS.review}/${row.patternId}`}
              aria-current={row.patternId === id ? "true" : undefined}
            >
              <b>{row.name}</b>
              <span className="notes">{row.mechanisms}</span>
              <span className="labels">{row.due}</span>
            </Link>
          </li>
        ))}
      </ul>
      {rows.length > 0 && (
        <p className="section labels">
          Opening shows the name and is recorded. There is no list of people here, and no other order.
        </p>
      )}
    </nav>
  );
}

function NothingOpened() {
  return (
    <section className="section">
      <p className="notes">
        A pattern that you open stands here. A pattern is a reason to talk, and not a finding about a person.
      </p>
    </section>
  );
}

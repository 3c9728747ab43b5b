// The runs that a pattern names, dearest first, each with its page.

import { useQuery } from "@tanstack/react-query";
import type { OwnPattern } from "../../../../schemas/pattern-api.ts";
import { readPatternRuns } from "../../api/patterns.ts";
import { ScrollRegion } from "../../components/scroll-region.tsx";
import { Failed, Loading, Skeleton } from "../../components/states.tsx";
import { Link, PATHS } from "../../location.tsx";
import { dayOf } from "../../prepare/calendar.ts";
import { formatCost, formatCount, formatDay } from "../../prepare/format.ts";
import { nameClient } from "../../prepare/slices.ts";
import { type Session, useSession } from "../../session.ts";

/** Asked for once by whatever part of the page needs it. */
export const toNamedRunsQuery = ({ api, me }: Pick<Session, "api" | "me">, patternId: string) => ({
  queryKey: ["pattern-runs", me.person_id, patternId],
  queryFn: () => readPatternRuns(api, me.person_id, patternId),
});

export function NamedRuns({ pattern }: { pattern: OwnPattern }) {
  const session = useSession();
  const named = useQuery(toNamedRunsQuery(session, pattern.pattern_id));
  const { timezone: zone } = session.me;
  const today = dayOf(session.now(), zone);
  const listed = named.data?.runs.length ?? 0;
  return (
    <section className="section" aria-labelledby="pattern-runs">
      <div className="section-head">
        <div>
          <h2 id="pattern-runs">The runs that it names</h2>
          <p>
            {formatCount(pattern.runs)} in all
            {listed > 0 &&
              listed < pattern.runs &&
              `; here are the ${formatCount(listed)} of the highest cost`}
            .
          </p>
        </div>
      </div>
      {named.isPending && <Loading shape={<Skeleton height={160} />} />}
      {named.error !== null && <Failed error={named.error} retry={() => void named.refetch()} />}
      {named.data !== undefined && listed === 0 && (
        <p className="notes">Their records are deleted by now, after their time.</p>
      )}
      {named.data !== undefined && listed > 0 && (
        <ScrollRegion label="The runs that it names">
          <table>
            <caption className="visually-hidden">The runs that it names</caption>
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col">Client</th>
                <th scope="col" className="right">
                  Cost
                </th>
              </tr>
            </thead>
            <tbody>
              {named.data.runs.map(({ run_id, started_at, client, cost_usd }) => (
                <tr key={run_id}>
                  <th scope="row">
                    <Link href={`${PATHS.runs}/${encodeURIComponent(run_id)}`}>
                      {formatDay(dayOf(new Date(started_at), zone), today)}{" "}
                      <code className="labels">{run_id.slice(0, 8)}</code>
                    </Link>
                  </th>
                  <td>{nameClient(client)}</td>
                  <td className="right">{formatCost(Number(cost_usd))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  );
}

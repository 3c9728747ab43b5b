// Totals of a manager's own team, or why there are none. They are the owner's row of it, and nothing more.

import "../../styles/organisation.css";
import { useQuery } from "@tanstack/react-query";
import type { TeamTotals as Totals } from "../../../../schemas/organisation-api.ts";
import { readTeamTotals } from "../../api/organisation.ts";
import { Failed, Loading, Skeleton } from "../../components/states.tsx";
import { dayOf } from "../../prepare/calendar.ts";
import { formatDay } from "../../prepare/format.ts";
import { writeShare, writeUsd } from "../../prepare/organisation-words.ts";
import { explainMissingTotals } from "../../prepare/team-totals.ts";
import { useSession } from "../../session.ts";

export function TeamTotals() {
  const { api } = useSession();
  const totals = useQuery({ queryKey: ["team-totals"], queryFn: () => readTeamTotals(api) });
  return (
    <section className="section" aria-labelledby="team-totals">
      <div className="section-head">
        <h2 id="team-totals">Your team</h2>
      </div>
      {totals.error !== null && <Failed error={totals.error} retry={() => void totals.refetch()} />}
      {totals.isPending && <Loading shape={<Skeleton height={40} />} />}
      {totals.data !== undefined && <Answer totals={totals.data} />}
    </section>
  );
}

function Answer({ totals }: { totals: Totals }) {
  const { me, now } = useSession();
  const today = dayOf(now(), me.timezone);
  const missing = explainMissingTotals(totals, today);
  const { totals: row, period } = totals;
  if (missing !== null || row === null || period === null) return <p className="notes">{missing}</p>;
  return (
    <>
      <dl className="team-totals">
        {[
          ["Cost", writeUsd(row.cost_usd === null ? null : Number(row.cost_usd))],
          ["Credited share", writeShare(row.credited_share)],
          ["Meaningful use", writeShare(row.meaningful_share)],
        ].map(([name, value]) => (
          <div key={name}>
            <dt className="notes">{name}</dt>
            <dd className="number">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="labels section-note">
        {row.name}, {row.people} people, {formatDay(period.from, today)} to {formatDay(period.to, today)}. No
        figure is one person&apos;s; what could be is not shown.
      </p>
    </>
  );
}

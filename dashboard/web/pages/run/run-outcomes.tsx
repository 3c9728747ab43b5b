// What came of a run: its outcomes with how each was linked; disputing one, adding one by one's own word, and the rating.

import { useMutation } from "@tanstack/react-query";
import { withdrawRunDispute } from "../../api/runs.ts";
import { Note } from "../../components/states.tsx";
import { type OutcomeRow, toOutcomeRows } from "../../prepare/run-outcomes.ts";
import type { RunValue } from "../../../../schemas/run-value-api.ts";
import { useSession } from "../../session.ts";
import { OutcomeDiamond } from "../runs/outcome-marks.tsx";
import { AddOutcome } from "./add-outcome.tsx";
import { DisputeOutcome } from "./dispute-outcome.tsx";
import { RunRating } from "./run-rating.tsx";
import { useKeepValue } from "./use-run-changes.ts";

export function RunOutcomes({ runId, value }: { runId: string; value: RunValue }) {
  const { now } = useSession();
  const rows = toOutcomeRows(value, now());
  return (
    <section aria-labelledby="outcomes">
      <div className="section-head">
        <div>
          <h2 id="outcomes">What came of it</h2>
          <p>
            Missing or wrong? <AddOutcome runId={runId} value={value} />
          </p>
        </div>
      </div>
      {rows.length === 0 && (
        <p className="notes">
          No outcome is linked yet. Many come days later, and some work leaves none that Assay can see.
        </p>
      )}
      <ul className="outcome-list">
        {rows.map((row) => (
          <OutcomeItem key={row.id} row={row} runId={runId} />
        ))}
      </ul>
      <RunRating runId={runId} rating={value.rating} />
    </section>
  );
}

function OutcomeItem({ row, runId }: { row: OutcomeRow; runId: string }) {
  return (
    <li className="outcome" data-state={row.state}>
      <OutcomeDiamond state={row.state} />
      <div>
        <h3>{row.title}</h3>
        <p>
          {row.link} {row.dispute === null && row.when}
        </p>
        {row.dispute !== null && (
          <p>
            {row.dispute.sentence} “{row.dispute.reason}”
          </p>
        )}
      </div>
      {row.dispute !== null && <WithdrawDispute runId={runId} row={row} />}
      {row.canDispute && <DisputeOutcome runId={runId} row={row} />}
    </li>
  );
}

function WithdrawDispute({ runId, row }: { runId: string; row: OutcomeRow }) {
  const { api, me } = useSession();
  const keepValue = useKeepValue(runId);
  const withdrawal = useMutation({
    mutationFn: () => withdrawRunDispute(api, me.person_id, runId, row.id),
    onSuccess: keepValue,
  });
  return (
    <div>
      <button
        type="button"
        className="link"
        aria-label={`Take the dispute back: ${row.title}`}
        disabled={withdrawal.isPending}
        onClick={() => withdrawal.mutate()}
      >
        Take back
      </button>
      {withdrawal.error !== null && (
        <Note kind="failed">It was not taken back. {withdrawal.error.message}</Note>
      )}
    </div>
  );
}

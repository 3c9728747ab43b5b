// What came of a run and what was expected of it: one question to the server for the first figures and the sections below.

import { useQuery } from "@tanstack/react-query";
import { readRunValue } from "../../api/runs.ts";
import type { ReactNode } from "react";
import { Failed, Loading, Skeleton } from "../../components/states.tsx";
import type { Run } from "../../../../schemas/run-api.ts";
import type { RunValue } from "../../../../schemas/run-value-api.ts";
import { useSession } from "../../session.ts";
import { RunExpectation } from "./run-expectation.tsx";
import { RunOutcomes } from "./run-outcomes.tsx";
import { RunSignals } from "./run-signals.tsx";

/** While something that was said is not linked yet, it is looked for so often. */
const LOOK_AGAIN_MS = 5000;

export function useRunValue(runId: string) {
  const { api, me } = useSession();
  return useQuery({
    queryKey: ["run value", me.person_id, runId],
    queryFn: () => readRunValue(api, me.person_id, runId),
    refetchInterval: ({ state }) => (isWaiting(state.data) ? LOOK_AGAIN_MS : false),
  });
}

function isWaiting(value: RunValue | undefined): boolean {
  return value?.outcomes.some(({ linked_by, dispute }) => linked_by === null && dispute === null) ?? false;
}

/** Outcomes on one side, and what is said below them; on the other what was expected. */
export function RunValueSections({ run, children }: { run: Run; children: ReactNode }) {
  const value = useRunValue(run.run_id);
  return (
    <div className="split">
      {value.data === undefined ? (
        <section aria-label="What came of it">
          {value.error === null ? (
            <Loading shape={<Skeleton height={160} />} />
          ) : (
            <Failed error={value.error} retry={() => void value.refetch()} />
          )}
        </section>
      ) : (
        <div className="run-sections">
          <RunOutcomes runId={run.run_id} value={value.data} />
          {children}
        </div>
      )}
      <section aria-labelledby="expected">
        <div className="section-head">
          <h2 id="expected">What was expected, and why</h2>
        </div>
        {value.data !== undefined && <RunExpectation value={value.data} />}
      </section>
    </div>
  );
}

/** Absent while nobody is scored: the section of what was expected says so. */
export function RunSignalsSection({ run }: { run: Run }) {
  const { data } = useRunValue(run.run_id);
  return data?.is_scoring_on === true ? <RunSignals value={data} /> : null;
}

// Whether the run was useful to its person. Pressing the other one changes it.

import { useMutation } from "@tanstack/react-query";
import { rateRun } from "../../api/runs.ts";
import { Note } from "../../components/states.tsx";
import { RUN_RATINGS, type RunRating as Rating } from "../../../../schemas/closed-lists.ts";
import { useSession } from "../../session.ts";
import { useExpectValue } from "./use-run-changes.ts";

const LABELS: Readonly<Record<Rating, string>> = { useful: "Useful", not_useful: "Not useful" };

export function RunRating({ runId, rating }: { runId: string; rating: Rating | null }) {
  const { api, me } = useSession();
  const expectValue = useExpectValue(runId);
  const change = useMutation({
    mutationFn: (said: Rating) => rateRun(api, me.person_id, runId, said),
    onSuccess: (_answer, said) => expectValue((value) => ({ ...value, rating: said })),
  });
  return (
    <>
      <div className="run-rating" role="group" aria-labelledby="rating">
        <div>
          <h3 id="rating">Was this run useful to you?</h3>
          <p className="notes">Your own word: it is of low trust and earns nothing.</p>
        </div>
        {RUN_RATINGS.map((said) => (
          <button
            key={said}
            type="button"
            className="button"
            aria-pressed={rating === said}
            disabled={change.isPending}
            onClick={() => change.mutate(said)}
          >
            {LABELS[said]}
          </button>
        ))}
      </div>
      {change.error !== null && <Note kind="failed">It was not recorded. {change.error.message}</Note>}
    </>
  );
}

// Adding what came of a run by one's own word. It is said beforehand what that does, and what it does not do.

import { useMutation } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { addRunOutcome } from "../../api/runs.ts";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { OWN_KIND_SENTENCES } from "../../prepare/run-outcomes.ts";
import { OWN_OUTCOME_KINDS, type OwnOutcomeKind, type RunValue } from "../../../../schemas/run-value-api.ts";
import { useSession } from "../../session.ts";
import { useExpectValue } from "./use-run-changes.ts";

export function AddOutcome({ runId, value }: { runId: string; value: RunValue }) {
  const { api, me, now } = useSession();
  const expectValue = useExpectValue(runId);
  const [isOpen, setIsOpen] = useState(false);
  const addition = useMutation({
    mutationFn: (kind: OwnOutcomeKind) => addRunOutcome(api, me.person_id, runId, kind),
    onSuccess: (_answer, kind) => {
      expectValue((before) => withOwn(before, kind, now()));
      setIsOpen(false);
    },
  });
  const said = new Set(value.outcomes.flatMap(({ source, kind }) => (source === "self" ? [kind] : [])));
  const left = OWN_OUTCOME_KINDS.filter((kind) => !said.has(kind));
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const chosen = new FormData(event.currentTarget).get("kind");
    const kind = left.find((name) => name === chosen);
    if (kind !== undefined) addition.mutate(kind);
  };
  if (left.length === 0) return null;
  return (
    <Dialog
      title="Add an outcome"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <button type="button" className="link">
          Add an outcome
        </button>
      }
    >
      <form className="stack" onSubmit={submit}>
        <div className="field">
          <label htmlFor="own-outcome">What came of this run</label>
          <select id="own-outcome" name="kind">
            {left.map((kind) => (
              <option key={kind} value={kind}>
                {OWN_KIND_SENTENCES[kind]}
              </option>
            ))}
          </select>
        </div>
        <p className="notes">
          It is recorded as your own word, with low trust: it counts as an outcome of this run and earns
          nothing. Where your forge or tracker tells of the same thing, name the run in the commit instead,
          and it counts in full.
        </p>
        <FormActions
          action="Add"
          isBusy={addition.isPending}
          failure="The outcome was not added."
          error={addition.error}
          onCancel={() => setIsOpen(false)}
        />
      </form>
    </Dialog>
  );
}

/** As the server will show it until it is linked. */
function withOwn(value: RunValue, kind: OwnOutcomeKind, now: Date): RunValue {
  const at = now.toISOString();
  const unknown = { linked_by: null, share: 1, reversed_at: null, repo_hash: null, dispute: null };
  const own = { outcome_id: `own: ${kind}`, kind, occurred_at: at, credited_at: at, ...unknown };
  return { ...value, outcomes: [...value.outcomes, { ...own, source: "self", trust: "low" }] };
}

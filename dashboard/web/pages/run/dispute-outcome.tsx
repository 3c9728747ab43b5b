// Saying that an outcome did not come of one's runs, with a reason. It is said beforehand what follows from it.

import { useMutation } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { disputeRunOutcome } from "../../api/runs.ts";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import type { OutcomeRow } from "../../prepare/run-outcomes.ts";
import { useSession } from "../../session.ts";
import { useKeepValue } from "./use-run-changes.ts";

const REASON_CHARS_MAX = 500;

export function DisputeOutcome({ runId, row }: { runId: string; row: OutcomeRow }) {
  const { api, me } = useSession();
  const keepValue = useKeepValue(runId);
  const [isOpen, setIsOpen] = useState(false);
  const dispute = useMutation({
    mutationFn: (reason: string) =>
      disputeRunOutcome(api, me.person_id, runId, { outcome_id: row.id, reason }),
    onSuccess: (value) => {
      keepValue(value);
      setIsOpen(false);
    },
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = new FormData(event.currentTarget).get("reason");
    if (typeof reason === "string" && reason.trim() !== "") dispute.mutate(reason.trim());
  };
  return (
    <Dialog
      title="Dispute this outcome"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <button type="button" className="link" aria-label={`Dispute: ${row.title}`}>
          Dispute
        </button>
      }
    >
      <form className="stack" onSubmit={submit}>
        <p>
          <strong>{row.title}.</strong> {row.link}
        </p>
        <div className="field">
          <label htmlFor="dispute-reason">Why it did not come of your work</label>
          <input
            id="dispute-reason"
            name="reason"
            type="text"
            required
            maxLength={REASON_CHARS_MAX}
            autoComplete="off"
          />
        </div>
        <p className="notes">
          Within a minute it counts for none of your runs. What others have of it stays as it is. Your reason
          is seen by you alone, and you can take the dispute back while the outcome is kept.
        </p>
        <FormActions
          action="Dispute"
          isBusy={dispute.isPending}
          failure="The outcome was not disputed."
          error={dispute.error}
          onCancel={() => setIsOpen(false)}
        />
      </form>
    </Dialog>
  );
}

// The class that a run counts as, and its correction by the person whose run it is. What was corrected stays visible.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { WORKLOAD_CLASSES } from "../../../../schemas/closed-lists.ts";
import type { Run } from "../../../../schemas/run-api.ts";
import { correctRunClass, type NewRunClass, withdrawRunClass } from "../../api/runs.ts";
import { ClassOptions } from "../../components/class-options.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { Note } from "../../components/states.tsx";
import { explainClass, toCorrectionRows } from "../../prepare/run-words.ts";
import { useSession } from "../../session.ts";

const REASON_CHARS_MAX = 500;

export function RunClassSection({ run }: { run: Run }) {
  const { now } = useSession();
  const corrections = toCorrectionRows(run.class, now());
  const holds = run.class.corrections.some(({ withdrawn_at }) => withdrawn_at === null);
  return (
    <section aria-labelledby="class">
      <div className="section-head">
        <div>
          <h2 id="class">What kind of work it was</h2>
          <p>{explainClass(run.class)}. The class decides what a run is compared with, not what it cost.</p>
        </div>
      </div>
      {run.class.is_pending && <Note kind="notice">Your correction counts in a minute.</Note>}
      {corrections.map(({ id, sentence, reason }) => (
        <div key={id} className="reason">
          <p>
            {sentence}
            {reason !== null && <> “{reason}”</>}
          </p>
        </div>
      ))}
      {run.class.can_correct ? (
        <p className="more">
          <CorrectClass run={run} /> {holds && <WithdrawClass runId={run.run_id} />}
        </p>
      ) : (
        <p className="notes">It can't be corrected any longer, because its calls are no longer kept.</p>
      )}
    </section>
  );
}

function useRefreshRun(runId: string): () => Promise<void> {
  const { me } = useSession();
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["run", me.person_id, runId] });
}

function CorrectClass({ run }: { run: Run }) {
  const { api, me } = useSession();
  const refresh = useRefreshRun(run.run_id);
  const [isOpen, setIsOpen] = useState(false);
  const correction = useMutation({
    mutationFn: (newClass: NewRunClass) => correctRunClass(api, me.person_id, run.run_id, newClass),
    onSuccess: async () => {
      setIsOpen(false);
      await refresh();
    },
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const workloadClass = WORKLOAD_CLASSES.find((name) => name === form.get("class"));
    const said = form.get("reason");
    const reason = typeof said === "string" ? said.trim() : "";
    if (workloadClass === undefined) return;
    correction.mutate({ workload_class: workloadClass, ...(reason === "" ? {} : { reason }) });
  };
  return (
    <Dialog
      title="Correct the class"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <button type="button" className="button">
          Correct it
        </button>
      }
    >
      <form className="stack" onSubmit={submit}>
        <div className="field">
          <label htmlFor="run-class">What kind of work it was</label>
          <select id="run-class" name="class" defaultValue={run.class.workload_class ?? "interactive"}>
            <ClassOptions />
          </select>
        </div>
        <div className="field">
          <label htmlFor="run-class-reason">Why (optional)</label>
          <input
            id="run-class-reason"
            name="reason"
            type="text"
            maxLength={REASON_CHARS_MAX}
            autoComplete="off"
          />
        </div>
        <p className="notes">
          Your correction, what it was before and your reason stay visible on this page.
        </p>
        <FormActions
          action="Correct"
          isBusy={correction.isPending}
          failure="The class was not corrected."
          error={correction.error}
          onCancel={() => setIsOpen(false)}
        />
      </form>
    </Dialog>
  );
}

function WithdrawClass({ runId }: { runId: string }) {
  const { api, me } = useSession();
  const refresh = useRefreshRun(runId);
  const withdrawal = useMutation({
    mutationFn: () => withdrawRunClass(api, me.person_id, runId),
    onSuccess: refresh,
  });
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={withdrawal.isPending}
        onClick={() => withdrawal.mutate()}
      >
        Take the correction back
      </button>
      {withdrawal.error !== null && (
        <Note kind="failed">It was not taken back. {withdrawal.error.message}</Note>
      )}
    </>
  );
}

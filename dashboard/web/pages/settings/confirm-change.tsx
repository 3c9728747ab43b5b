// Before a change is saved: what it would do and from when on, and why it is made. Nothing is saved before the effect was shown.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { SyntheticEvent } from "react";
import { type AnyChange, previewChange, saveChange } from "../../api/settings.ts";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { Loading, Note, Skeleton } from "../../components/states.tsx";
import { useSession } from "../../session.ts";
import { readText } from "./form-values.ts";
import { TextField } from "../../components/text-field.tsx";

const REASON_CHARS_MAX = 500;

interface ConfirmChangeProps {
  title: string;
  /** Null: nothing is about to be changed. */
  change: AnyChange | null;
  /** That the reader saw. */
  seenVersion: number;
  onClose: () => void;
}

export function ConfirmChange({ title, change, seenVersion, onClose }: ConfirmChangeProps) {
  return (
    <Dialog title={title} isOpen={change !== null} onOpenChange={(isOpen) => !isOpen && onClose()}>
      {change !== null && <ChangeForm change={change} seenVersion={seenVersion} onClose={onClose} />}
    </Dialog>
  );
}

interface ChangeFormProps {
  change: AnyChange;
  seenVersion: number;
  onClose: () => void;
}

function ChangeForm({ change, seenVersion, onClose }: ChangeFormProps) {
  const { api } = useSession();
  const queryClient = useQueryClient();
  const effect = useQuery({
    queryKey: ["effect", change],
    queryFn: () => previewChange(api, change),
    retry: false,
    gcTime: 0,
  });
  const saving = useMutation({
    mutationFn: (reason: string) => saveChange(api, { change, reason, seenVersion }),
    onSuccess: async () => {
      onClose();
      await Promise.all(
        [["settings"], ["policy"]].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      );
    },
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    saving.mutate(readText(event.currentTarget, "reason"));
  };
  if (effect.isPending) return <Loading shape={<Skeleton height={96} />} />;
  if (effect.error !== null) return <Note kind="failed">{effect.error.message}</Note>;
  return (
    <form className="stack" onSubmit={submit}>
      <div>
        <h3>What it does</h3>
        <ul className="effects">
          {effect.data.effects.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <p className="notes">
          <b>Takes effect:</b> {effect.data.takes_effect}
        </p>
      </div>
      <TextField id="change-reason" name="reason" label="Why" maxLength={REASON_CHARS_MAX}>
        It stands in the version and in the audit, with your name.
      </TextField>
      <FormActions
        action="Save"
        isBusy={saving.isPending}
        failure="Nothing was changed."
        error={saving.error}
        onCancel={onClose}
      />
    </form>
  );
}

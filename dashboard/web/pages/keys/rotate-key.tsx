// Puts a new key in the place of one: the old one goes on for a day, so that clients can be changed one after the other.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { formatUtc } from "../../prepare/format.ts";
import { useSession } from "../../session.ts";
import { NewSecret } from "./new-secret.tsx";
import type { KeyOwner } from "../../api/keys.ts";

/** How long the old key goes on, in hours. */
const OVERLAPS: readonly { hours: number; label: string }[] = [
  { hours: 0, label: "End the old key now" },
  { hours: 24, label: "A day" },
  { hours: 7 * 24, label: "A week" },
];
const OVERLAP_HOURS = 24;

interface RotateKeyProps {
  owner: KeyOwner;
  keyId: string;
  name: string;
  onRotated?: ((secret: string) => void) | undefined;
}

export function RotateKey({ owner, keyId, name, onRotated }: RotateKeyProps) {
  const { api } = useSession();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const rotation = useMutation({
    mutationFn: (overlap_hours: number) => owner.rotate(api, keyId, { overlap_hours }),
    onSuccess: ({ secret }) => onRotated?.(secret),
  });
  const toggle = (open: boolean) => {
    setIsOpen(open);
    if (open) rotation.reset();
    // Only now: the row, and this dialog with it, may have another place afterwards.
    else if (rotation.isSuccess) void queryClient.invalidateQueries({ queryKey: owner.queryKey });
  };
  return (
    <Dialog
      title={rotation.isSuccess ? "Copy the new key now" : `Rotate “${name}”`}
      isOpen={isOpen}
      onOpenChange={toggle}
      trigger={
        <button type="button" className="button" aria-label={`Rotate ${name}`}>
          Rotate
        </button>
      }
    >
      {rotation.data === undefined ? (
        <RotationForm
          isBusy={rotation.isPending}
          error={rotation.error}
          onSubmit={(hours) => rotation.mutate(hours)}
          onCancel={() => toggle(false)}
        />
      ) : (
        <NewSecret secret={rotation.data.secret} onDone={() => toggle(false)}>
          {explainEnd(rotation.data.replaced.expires_at)}
        </NewSecret>
      )}
    </Dialog>
  );
}

interface RotationFormProps {
  isBusy: boolean;
  error: Error | null;
  onSubmit: (overlapHours: number) => void;
  onCancel: () => void;
}

function RotationForm({ isBusy, error, onSubmit, onCancel }: RotationFormProps) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(Number(new FormData(event.currentTarget).get("overlap")));
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p>You get a new key for the same use. The old one goes on for a while, so that no call is refused.</p>
      <div className="field">
        <label htmlFor="overlap">The old key goes on for</label>
        <select id="overlap" name="overlap" defaultValue={OVERLAP_HOURS}>
          {OVERLAPS.map(({ hours, label }) => (
            <option key={hours} value={hours}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <FormActions
        action="Rotate"
        isBusy={isBusy}
        failure="The key was not rotated."
        error={error}
        onCancel={onCancel}
      />
    </form>
  );
}

function explainEnd(expiresAt: string | null): string {
  return expiresAt === null ? "The old one goes on." : `The old one ends on ${formatUtc(expiresAt)}.`;
}

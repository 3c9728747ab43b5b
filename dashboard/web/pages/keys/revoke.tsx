// Revokes something after asking: it can't be undone, and whatever uses it stops working.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Dialog } from "../../components/dialog.tsx";
import { Note } from "../../components/states.tsx";

interface RevokeProps {
  /** `key`, `token`. */
  what: string;
  name: string;
  revoke: () => Promise<void>;
  /** Of the list in which it stands. */
  queryKey: readonly string[];
  /** What follows from it. */
  children: ReactNode;
}

export function Revoke({ what, name, revoke, queryKey, children }: RevokeProps) {
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const revocation = useMutation({
    mutationFn: revoke,
    onSuccess: async () => {
      setIsOpen(false);
      await queryClient.invalidateQueries({ queryKey });
    },
  });
  return (
    <Dialog
      title={`Revoke “${name}”?`}
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      kind="question"
      trigger={
        <button type="button" className="button" aria-label={`Revoke the ${what} ${name}`}>
          Revoke
        </button>
      }
    >
      <p>{children}</p>
      {revocation.error !== null && (
        <Note kind="failed">
          The {what} was not revoked. {revocation.error.message}
        </Note>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={() => setIsOpen(false)}>
          Keep it
        </button>
        <button
          type="button"
          className="button"
          data-kind="destructive"
          disabled={revocation.isPending}
          onClick={() => revocation.mutate()}
        >
          Revoke the {what}
        </button>
      </div>
    </Dialog>
  );
}

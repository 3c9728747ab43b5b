// Revokes a key after asking: it can't be undone, and clients that use it stop working.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "../../components/dialog.tsx";
import { Note } from "../../components/states.tsx";
import { useSession } from "../../session.ts";
import type { KeyOwner } from "../../api/keys.ts";

interface RevokeKeyProps {
  owner: KeyOwner;
  keyId: string;
  name: string;
}

export function RevokeKey({ owner, keyId, name }: RevokeKeyProps) {
  const { api } = useSession();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const revocation = useMutation({
    mutationFn: () => owner.revoke(api, keyId),
    onSuccess: async () => {
      setIsOpen(false);
      await queryClient.invalidateQueries({ queryKey: owner.queryKey });
    },
  });
  return (
    <Dialog
      title={`Revoke “${name}”?`}
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      kind="question"
      trigger={
        <button type="button" className="button" aria-label={`Revoke ${name}`}>
          Revoke
        </button>
      }
    >
      <p>Clients that use this key are refused from now on. It can't be undone. What was counted stays.</p>
      {revocation.error !== null && (
        <Note kind="failed">The key was not revoked. {revocation.error.message}</Note>
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
          Revoke the key
        </button>
      </div>
    </Dialog>
  );
}

// Revokes a personal access token after asking: it can't be undone, and programs that use it stop working.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { revokeAccessToken } from "../../api/access.ts";
import { Dialog } from "../../components/dialog.tsx";
import { Note } from "../../components/states.tsx";
import { useSession } from "../../session.ts";

export function RevokeAccessToken({ tokenId, name }: { tokenId: string; name: string }) {
  const { api, me } = useSession();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const revocation = useMutation({
    mutationFn: () => revokeAccessToken(api, me.person_id, tokenId),
    onSuccess: async () => {
      setIsOpen(false);
      await queryClient.invalidateQueries({ queryKey: ["access-tokens", me.person_id] });
    },
  });
  return (
    <Dialog
      title={`Revoke “${name}”?`}
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      kind="question"
      trigger={
        <button type="button" className="button" aria-label={`Revoke the token ${name}`}>
          Revoke
        </button>
      }
    >
      <p>Programs that use this token are refused from now on. It can't be undone.</p>
      {revocation.error !== null && (
        <Note kind="failed">The token was not revoked. {revocation.error.message}</Note>
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
          Revoke the token
        </button>
      </div>
    </Dialog>
  );
}

// Where somebody is signed in, and how it ends there: a dialog of the account. No place has a name, because Assay keeps neither addresses
// nor browsers; when and how somebody signed in is what they can recognise.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endOtherSessions, endSession, readSessions } from "../../api/access.ts";
import { Dialog } from "../../components/dialog.tsx";
import { Failed, Loading, Note, Skeleton } from "../../components/states.tsx";
import { type SessionRow, toSessionRows } from "../../prepare/access-rows.ts";
import { useSession } from "../../session.ts";

export function SignedInPlaces() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog
      title="Where you are signed in"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <button type="button" className="button" data-kind="plain">
          Where you are signed in
        </button>
      }
    >
      <Places />
      <div className="dialog-actions">
        <button type="button" className="button" onClick={() => setIsOpen(false)}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function Places() {
  const { api, me, now } = useSession();
  const queryClient = useQueryClient();
  const queryKey = ["sessions", me.person_id];
  const places = useQuery({ queryKey, queryFn: () => readSessions(api, me.person_id), staleTime: 0 });
  const ending = useMutation({
    /** Null: all but this one. */
    mutationFn: (sessionId: string | null) =>
      sessionId === null ? endOtherSessions(api, me.person_id) : endSession(api, me.person_id, sessionId),
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
  if (places.error !== null) return <Failed error={places.error} retry={() => void places.refetch()} />;
  if (places.data === undefined) return <Loading shape={<Skeleton height={80} />} />;
  const rows = toSessionRows(places.data, now());
  return (
    <>
      <ul>
        {rows.map((row) => (
          <Place
            key={row.sessionId}
            row={row}
            isBusy={ending.isPending}
            onEnd={() => ending.mutate(row.sessionId)}
          />
        ))}
      </ul>
      {ending.error !== null && (
        <Note kind="failed">You are still signed in there. {ending.error.message}</Note>
      )}
      {rows.length > 1 ? (
        <button
          type="button"
          className="button"
          disabled={ending.isPending}
          onClick={() => ending.mutate(null)}
        >
          Sign out everywhere else
        </button>
      ) : (
        <p className="notes">You are signed in nowhere else.</p>
      )}
    </>
  );
}

function Place({ row, isBusy, onEnd }: { row: SessionRow; isBusy: boolean; onEnd: () => void }) {
  return (
    <li className="reason">
      <span>{row.isCurrent ? `${row.method}, this browser` : row.method}</span>
      <p>{row.span}</p>
      {!row.isCurrent && (
        <div className="reason-amount">
          <button
            type="button"
            className="button"
            disabled={isBusy}
            aria-label={`Sign out there: ${row.method}, ${row.span}`}
            onClick={onEnd}
          >
            Sign out
          </button>
        </div>
      )}
    </li>
  );
}

// What was changed: each version with its author and reason, and a way to take the newest of a thing back.

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import type { Versions } from "../../../../schemas/settings-api.ts";
import { readVersions, undoVersion } from "../../api/settings.ts";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { Failed, Loading, Skeleton } from "../../components/states.tsx";
import { dayOf } from "../../prepare/calendar.ts";
import { formatDay, formatTime, formatUtc } from "../../prepare/format.ts";
import { tellLine } from "../../prepare/settings-view.ts";
import { useSession } from "../../session.ts";
import { readText } from "./form-values.ts";
import { TextField } from "../../components/text-field.tsx";

const REASON_CHARS_MAX = 500;

type Version = Versions["versions"][number];

export function ChangeList({ canUndo }: { canUndo: boolean }) {
  const { api } = useSession();
  const versions = useInfiniteQuery({
    queryKey: ["settings", "versions"],
    queryFn: ({ pageParam: cursor }) => readVersions(api, { cursor }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });
  const [undone, setUndone] = useState<Version | null>(null);
  if (versions.isPending) return <Loading shape={<Skeleton height={160} />} />;
  if (versions.error !== null) return <Failed error={versions.error} retry={() => void versions.refetch()} />;
  const rows = versions.data.pages.flatMap((page) => page.versions);
  if (rows.length === 0)
    return (
      <p className="notes">
        Nothing was changed here yet. What is set comes with Assay, or from the operator.
      </p>
    );
  return (
    <>
      <table>
        <caption className="visually-hidden">Changes of settings, newest first</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" className="wide">
              Why
            </th>
            <th scope="col" className="wide">
              Who
            </th>
            <th scope="col">When</th>
            {canUndo && (
              <th scope="col">
                <span className="visually-hidden">Take back</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ChangeRow key={row.version} row={row} canUndo={canUndo} onUndo={() => setUndone(row)} />
          ))}
        </tbody>
      </table>
      {versions.hasNextPage && (
        <button type="button" className="button more" onClick={() => void versions.fetchNextPage()}>
          Show older ones
        </button>
      )}
      <UndoDialog version={undone} onClose={() => setUndone(null)} />
    </>
  );
}

interface ChangeRowProps {
  row: Version;
  canUndo: boolean;
  onUndo: () => void;
}

function ChangeRow({ row, canUndo, onUndo }: ChangeRowProps) {
  const { me, now } = useSession();
  const today = dayOf(now(), me.timezone);
  const subject = `${row.subject.charAt(0).toUpperCase()}${row.subject.slice(1)}`;
  return (
    <tr>
      <th scope="row">
        {subject}
        {row.lines.map((line) => (
          <div key={line} className="labels">
            {tellLine(line)}
          </div>
        ))}
        <div className="labels">
          Version {row.version}
          {row.undoes !== null && `, takes back version ${row.undoes}`}
        </div>
        <div className="labels narrow">
          {row.changed_by}: {row.reason}
        </div>
      </th>
      <td className="wide">{row.reason}</td>
      <td className="wide">{row.changed_by}</td>
      <td title={formatUtc(row.changed_at)}>
        {formatDay(dayOf(new Date(row.changed_at), me.timezone), today)}, {formatTime(row.changed_at)}
      </td>
      {canUndo && (
        <td className="right">
          {row.can_undo && (
            <button
              type="button"
              className="button"
              aria-label={`Take back version ${row.version}`}
              onClick={onUndo}
            >
              Take back
            </button>
          )}
        </td>
      )}
    </tr>
  );
}

function UndoDialog({ version, onClose }: { version: Version | null; onClose: () => void }) {
  const { api } = useSession();
  const queryClient = useQueryClient();
  const undoing = useMutation({
    mutationFn: (reason: string) => undoVersion(api, version?.version ?? 0, reason),
    onSuccess: async () => {
      onClose();
      await Promise.all(
        [["settings"], ["policy"]].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      );
    },
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    undoing.mutate(readText(event.currentTarget, "reason"));
  };
  return (
    <Dialog
      title={`Take back version ${version?.version ?? ""}`}
      isOpen={version !== null}
      onOpenChange={(isOpen) => {
        if (isOpen) return;
        undoing.reset();
        onClose();
      }}
    >
      <form className="stack" onSubmit={submit}>
        <p>What held before holds again. That is a version of its own, so this one stays on record.</p>
        <TextField id="undo-reason" name="reason" label="Why" maxLength={REASON_CHARS_MAX} />
        <FormActions
          action="Take back"
          isBusy={undoing.isPending}
          failure="Nothing was changed."
          error={undoing.error}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}

// What the person is told outside of the page: each kind of notice on each channel, switched at once.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { NoticePreference, NoticePreferences as Preferences } from "../../../schemas/notice-api.ts";
import { readNoticePreferences, setNoticePreference } from "../api/notices.ts";
import { nameNoticeKind } from "../prepare/notice-rows.ts";
import { useSession } from "../session.ts";
import { Failed, Loading, Note, Skeleton } from "./states.tsx";

const CHANNEL_LABELS = { email: "By e-mail", webhook: "By webhook" } as const;

export function NoticePreferences({ onDone }: { onDone: () => void }) {
  const { api, me } = useSession();
  const queryClient = useQueryClient();
  const queryKey = ["notice-preferences", me.person_id];
  const preferences = useQuery({ queryKey, queryFn: () => readNoticePreferences(api, me.person_id) });
  const change = useMutation({
    mutationFn: (preference: NoticePreference) => setNoticePreference(api, me.person_id, preference),
    onSuccess: (answer) => queryClient.setQueryData(queryKey, answer),
  });
  return (
    <>
      <p>
        Notices are always on this page. Outside of it they say only that there is something to look at, never
        what it is.
      </p>
      {preferences.isPending && <Loading shape={<Skeleton height={160} />} />}
      {preferences.error !== null && (
        <Failed error={preferences.error} retry={() => void preferences.refetch()} />
      )}
      {preferences.data !== undefined && (
        <PreferenceTable
          preferences={preferences.data}
          onChange={(preference) => change.mutate(preference)}
        />
      )}
      {change.error !== null && <Note kind="failed">This was not changed. {change.error.message}</Note>}
      <div className="dialog-actions">
        <button type="button" className="button" data-kind="action" onClick={onDone}>
          Done
        </button>
      </div>
    </>
  );
}

interface PreferenceTableProps {
  preferences: Preferences;
  onChange: (preference: NoticePreference) => void;
}

function PreferenceTable({ preferences: { channels, preferences }, onChange }: PreferenceTableProps) {
  if (channels.length === 0)
    return <p className="notes">No other way is set up. An operator can name a mail server or a webhook.</p>;
  const kinds = [...new Set(preferences.map(({ kind }) => kind))];
  return (
    <table className="notice-preferences">
      <caption className="visually-hidden">What you are told, and how</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          {channels.map((channel) => (
            <th key={channel} scope="col" className="right">
              {CHANNEL_LABELS[channel]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {kinds.map((kind) => (
          <tr key={kind}>
            <th scope="row">{nameNoticeKind(kind)}</th>
            {preferences
              .filter((preference) => preference.kind === kind)
              .map((preference) => (
                <td key={preference.channel} className="right">
                  <input
                    type="checkbox"
                    aria-label={`${nameNoticeKind(kind)}: ${CHANNEL_LABELS[preference.channel]}`}
                    checked={preference.is_on}
                    onChange={(event) => onChange({ ...preference, is_on: event.target.checked })}
                  />
                </td>
              ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

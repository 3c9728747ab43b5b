// Schedules: which of my runs start without me? A run that starts at a schedule's times counts as scheduled work.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Schedule } from "../../../schemas/schedule-api.ts";
import { PageHead } from "../components/page-head.tsx";
import { Failed, Loading, Note, Skeleton } from "../components/states.tsx";
import { toScheduleRows, type ScheduleRow } from "../prepare/schedule-rows.ts";
import { useSession } from "../session.ts";
import { AddSchedule } from "./schedules/add-schedule.tsx";
import { endSchedule, readSchedules } from "../api/schedules.ts";

export function Schedules() {
  const { api, me } = useSession();
  const schedules = useQuery({
    queryKey: ["schedules", me.person_id],
    queryFn: () => readSchedules(api, me.person_id),
  });
  return (
    <>
      <PageHead title="Schedules" audience="Your schedules are visible to you alone.">
        <AddSchedule />
      </PageHead>
      <div className="sheet">
        <section className="section" aria-label="Your schedules">
          <div className="section-head">
            <p>
              Register what starts your agents without you: a nightly job, an hourly check. Runs that start at
              its times, also past ones whose calls are kept, count as scheduled work. They are shown apart
              and never as your interactive use.
            </p>
          </div>
          {schedules.isPending && <Loading shape={<Skeleton height={120} />} />}
          {schedules.error !== null && (
            <Failed error={schedules.error} retry={() => void schedules.refetch()} />
          )}
          {schedules.data !== undefined && <ScheduleTable schedules={schedules.data.schedules} />}
        </section>
      </div>
    </>
  );
}

function ScheduleTable({ schedules }: { schedules: readonly Schedule[] }) {
  const { now } = useSession();
  if (schedules.length === 0)
    return <p className="notes">No schedules yet. Runs that you start yourself need none.</p>;
  return (
    <table>
      <caption className="visually-hidden">Your schedules</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Times</th>
          <th scope="col" className="wide">
            Class
          </th>
          <th scope="col" className="wide">
            Next
          </th>
          <th scope="col" className="right">
            <span className="visually-hidden">End</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {toScheduleRows(schedules, now()).map((row) => (
          <ScheduleRowView key={row.scheduleId} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function ScheduleRowView({ row }: { row: ScheduleRow }) {
  return (
    <tr>
      <th scope="row" className="slice-name">
        {row.name}
        {row.byOperator !== "" && <div className="labels">{row.byOperator}</div>}
      </th>
      <td>
        <code>{row.cron}</code>
        <div className="labels">{row.times}</div>
      </td>
      <td className="wide">{row.className}</td>
      <td className="wide">{row.next}</td>
      <td className="right">
        {row.ended === null ? (
          <EndSchedule scheduleId={row.scheduleId} name={row.name} />
        ) : (
          <span className="quiet">{row.ended}</span>
        )}
      </td>
    </tr>
  );
}

function EndSchedule({ scheduleId, name }: { scheduleId: string; name: string }) {
  const { api, me } = useSession();
  const queryClient = useQueryClient();
  const ending = useMutation({
    mutationFn: () => endSchedule(api, me.person_id, scheduleId),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["schedules", me.person_id] }),
  });
  return (
    <>
      <button
        type="button"
        className="button"
        aria-label={`End ${name}`}
        disabled={ending.isPending}
        onClick={() => ending.mutate()}
      >
        End
      </button>
      {ending.error !== null && <Note kind="failed">It was not ended. {ending.error.message}</Note>}
    </>
  );
}

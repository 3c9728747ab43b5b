// Schedules of services: when runs of a service start by themselves, so that they count as what they are.

import { type SyntheticEvent, useState } from "react";
import { WORKLOAD_CLASSES } from "../../../../schemas/closed-lists.ts";
import type { ServiceScheduleState, Settings } from "../../../../schemas/settings-api.ts";
import type { AnyChange } from "../../api/settings.ts";
import { ClassOptions } from "../../components/class-options.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { nameClass } from "../../prepare/slices.ts";
import { ConfirmChange } from "./confirm-change.tsx";
import { readText } from "./form-values.ts";

export function ServiceSchedules({ settings }: { settings: Settings }) {
  const { service_schedules: schedules, service_keys: keys, can_change: canChange } = settings;
  const [isAdding, setIsAdding] = useState(false);
  const [chosen, setChosen] = useState<{ change: AnyChange; version: number } | null>(null);
  const choose = (service_schedule_id: string | null, state: ServiceScheduleState, version: number) =>
    setChosen({ change: { subject: "service_schedule", service_schedule_id, state }, version });
  return (
    <>
      {canChange && keys.length > 0 && (
        <button type="button" className="button" onClick={() => setIsAdding(true)}>
          Register a schedule
        </button>
      )}
      {schedules.length === 0 ? (
        <p className="notes">
          {canChange && keys.length === 0
            ? "No service has a key yet. Operators make one on Keys and clients."
            : "No schedules of services. People register their own on Schedules."}
        </p>
      ) : (
        <ScheduleTable
          schedules={schedules}
          onEnd={
            canChange
              ? ({ schedule_id: id, state, version }) => choose(id, { ...state, holds: false }, version)
              : undefined
          }
        />
      )}
      <ScheduleDialog
        keys={keys}
        isOpen={isAdding}
        onClose={() => setIsAdding(false)}
        onChosen={(state) => {
          setIsAdding(false);
          choose(null, state, 0);
        }}
      />
      <ConfirmChange
        title="Change schedules of services"
        change={chosen?.change ?? null}
        seenVersion={chosen?.version ?? 0}
        onClose={() => setChosen(null)}
      />
    </>
  );
}

type ServiceSchedule = Settings["service_schedules"][number];

interface ScheduleTableProps {
  schedules: readonly ServiceSchedule[];
  /** Undefined: the reader may not end them. */
  onEnd: ((schedule: ServiceSchedule) => void) | undefined;
}

function ScheduleTable({ schedules, onEnd }: ScheduleTableProps) {
  return (
    <table>
      <caption className="visually-hidden">Schedules of services, by name</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Times</th>
          <th scope="col" className="wide">
            Class
          </th>
          <th scope="col">
            <span className="visually-hidden">End</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {schedules.map((schedule) => (
          <tr key={schedule.schedule_id}>
            <th scope="row">
              {schedule.state.name}
              <div className="labels">Key {schedule.key}</div>
            </th>
            <td>
              <code>{schedule.state.cron}</code>
              <div className="labels">{schedule.timezone}</div>
            </td>
            <td className="wide">{nameClass(schedule.state.workload_class)}</td>
            <td className="right">
              {onEnd !== undefined && (
                <button
                  type="button"
                  className="button"
                  aria-label={`End ${schedule.state.name}`}
                  onClick={() => onEnd(schedule)}
                >
                  End
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ScheduleDialogProps {
  keys: Settings["service_keys"];
  isOpen: boolean;
  onClose: () => void;
  onChosen: (state: ServiceScheduleState) => void;
}

function ScheduleDialog({ keys, isOpen, onClose, onChosen }: ScheduleDialogProps) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = WORKLOAD_CLASSES.find((name) => name === readText(form, "class")) ?? "scheduled";
    const state = {
      key_id: readText(form, "key"),
      name: readText(form, "name"),
      cron: readText(form, "cron"),
    };
    onChosen({ ...state, workload_class: given, holds: true });
  };
  return (
    <Dialog title="Register a schedule" isOpen={isOpen} onOpenChange={(open) => !open && onClose()}>
      <form className="stack" onSubmit={submit}>
        <div className="field">
          <label htmlFor="service-key">Key of the service</label>
          <select id="service-key" name="key">
            {keys.map(({ key_id, name }) => (
              <option key={key_id} value={key_id}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="service-name">Name</label>
          <input id="service-name" name="name" type="text" required maxLength={80} autoComplete="off" />
        </div>
        <div className="field">
          <label htmlFor="service-cron">Times</label>
          <input id="service-cron" name="cron" type="text" required maxLength={100} autoComplete="off" />
          <p className="notes">
            Minute, hour, day of month, month, day of week: <code>0 3 * * 1-5</code>
          </p>
        </div>
        <div className="field">
          <label htmlFor="service-class">Class</label>
          <select id="service-class" name="class" defaultValue="scheduled">
            <ClassOptions />
          </select>
        </div>
        <FormActions action="Show what it does" isBusy={false} failure="" error={null} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

// Registers a schedule. The server reads the times, and says what is wrong with them.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { WORKLOAD_CLASSES } from "../../../../schemas/closed-lists.ts";
import type { NewSchedule } from "../../../../schemas/schedule-api.ts";
import { ClassOptions } from "../../components/class-options.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { useSession } from "../../session.ts";
import { addSchedule } from "../../api/schedules.ts";
import { TextField } from "../../components/text-field.tsx";

const NAME_CHARS_MAX = 80;
const CRON_CHARS_MAX = 100;

export function AddSchedule() {
  const { api, me } = useSession();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const addition = useMutation({
    mutationFn: (schedule: NewSchedule) => addSchedule(api, me.person_id, schedule),
    onSuccess: async () => {
      setIsOpen(false);
      await queryClient.invalidateQueries({ queryKey: ["schedules", me.person_id] });
    },
  });
  const toggle = (open: boolean) => {
    setIsOpen(open);
    if (open) addition.reset();
  };
  return (
    <Dialog
      title="Register a schedule"
      isOpen={isOpen}
      onOpenChange={toggle}
      trigger={
        <button type="button" className="button" data-kind="action">
          Register a schedule
        </button>
      }
    >
      <ScheduleForm
        timezone={me.timezone}
        isBusy={addition.isPending}
        error={addition.error}
        onSubmit={(schedule) => addition.mutate(schedule)}
        onCancel={() => toggle(false)}
      />
    </Dialog>
  );
}

interface ScheduleFormProps {
  timezone: string;
  isBusy: boolean;
  error: Error | null;
  onSubmit: (schedule: NewSchedule) => void;
  onCancel: () => void;
}

function ScheduleForm({ timezone, isBusy, error, onSubmit, onCancel }: ScheduleFormProps) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const workloadClass = WORKLOAD_CLASSES.find((name) => name === text("class"));
    onSubmit({
      name: text("name"),
      cron: text("cron"),
      ...(workloadClass && { workload_class: workloadClass }),
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextField id="schedule-name" name="name" label="Name" maxLength={NAME_CHARS_MAX} />
      <div className="field">
        <label htmlFor="schedule-cron">Times</label>
        <input
          id="schedule-cron"
          name="cron"
          type="text"
          required
          maxLength={CRON_CHARS_MAX}
          autoComplete="off"
          aria-describedby="schedule-cron-note"
        />
        <p id="schedule-cron-note" className="notes">
          Minute, hour, day of month, month, day of week, as in cron: <code>0 3 * * 1-5</code> is 03:00 on
          working days. In {timezone}. A run that starts within 15 minutes of it is covered.
        </p>
      </div>
      <div className="field">
        <label htmlFor="schedule-class">Class</label>
        <select id="schedule-class" name="class" defaultValue="scheduled">
          <ClassOptions />
        </select>
      </div>
      <FormActions
        action="Register"
        isBusy={isBusy}
        failure="The schedule was not registered."
        error={error}
        onCancel={onCancel}
      />
    </form>
  );
}

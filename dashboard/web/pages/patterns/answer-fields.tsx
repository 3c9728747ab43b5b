// What an answer needs: words, a class, or the times of a schedule.

import { ClassOptions } from "../../components/class-options.tsx";
import { SAID_CHARS_MAX } from "../../../../schemas/pattern-api.ts";
import type { Answer } from "../../prepare/statement-words.ts";
import { useSession } from "../../session.ts";
import { TextField } from "../../components/text-field.tsx";

const NAME_CHARS_MAX = 80;
const CRON_CHARS_MAX = 100;

interface AnswerFieldsProps {
  answer: Answer;
  /** From the starts of the runs; empty where they do not line up. */
  suggestedCron: string;
  isBusy: boolean;
}

export function AnswerFields({ answer, suggestedCron, isBusy }: AnswerFieldsProps) {
  const { label, action } = WORDS[answer];
  const isSchedule = answer === "scheduled_job";
  return (
    <>
      {isSchedule && <ScheduleFields suggestedCron={suggestedCron} />}
      {(answer === "test" || answer === "other") && (
        <div className="field">
          <label htmlFor="say-class">Kind of work</label>
          <select id="say-class" name="class" defaultValue={answer === "test" ? "evaluation" : ""}>
            {answer === "other" && <option value="">No particular kind</option>}
            <ClassOptions />
          </select>
        </div>
      )}
      <div className="field">
        <label htmlFor="say-text">{label}</label>
        <textarea id="say-text" name="text" rows={4} maxLength={SAID_CHARS_MAX} required={!isSchedule} />
        <p className="notes">It can't be changed afterwards. You can add to it.</p>
      </div>
      <button type="submit" className="button" data-kind="action" disabled={isBusy}>
        {action}
      </button>
    </>
  );
}

const WORDS: Readonly<Record<Answer, { label: string; action: string }>> = {
  scheduled_job: { label: "What it does, if you want to say", action: "Register the schedule" },
  test: { label: "What was tested", action: "Record the explanation" },
  client_default: { label: "Which client or tool, and what it does", action: "Record the explanation" },
  other: { label: "In your own words", action: "Record the explanation" },
  wrong: { label: "What is wrong about it", action: "Contest the finding" },
};

function ScheduleFields({ suggestedCron }: { suggestedCron: string }) {
  const { me } = useSession();
  return (
    <>
      <TextField id="say-name" name="name" label="Name of the schedule" maxLength={NAME_CHARS_MAX} />
      <div className="field">
        <label htmlFor="say-cron">Times</label>
        <input
          id="say-cron"
          name="cron"
          type="text"
          required
          defaultValue={suggestedCron}
          maxLength={CRON_CHARS_MAX}
          autoComplete="off"
          aria-describedby="say-cron-note"
        />
        <p id="say-cron-note" className="notes">
          {suggestedCron !== "" && "Suggested from the starts of these runs; change it as you like. "}
          Minute, hour, day of month, month, day of week, as in cron. In {me.timezone}. A run that starts
          within 15 minutes of it is covered.
        </p>
      </div>
    </>
  );
}

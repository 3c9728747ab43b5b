// Targets for usage that the organisation announced. Whether people reach for them stands on Organisation.

import { type SyntheticEvent, useState } from "react";
import { TARGET_MEASURES } from "../../../../schemas/closed-lists.ts";
import type { Settings, TargetState } from "../../../../schemas/settings-api.ts";
import type { AnyChange } from "../../api/settings.ts";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { Note } from "../../components/states.tsx";
import { dayOf } from "../../prepare/calendar.ts";
import { formatDay } from "../../prepare/format.ts";
import { MEASURE_NAMES } from "../../prepare/settings-view.ts";
import { useSession } from "../../session.ts";
import { ConfirmChange } from "./confirm-change.tsx";
import { readNumber, readText } from "./form-values.ts";
import { TextField } from "../../components/text-field.tsx";

export function Targets({ settings: { targets, can_change: canChange } }: { settings: Settings }) {
  const { me, now } = useSession();
  const [isAdding, setIsAdding] = useState(false);
  const [chosen, setChosen] = useState<{ change: AnyChange; version: number } | null>(null);
  const today = dayOf(now(), me.timezone);
  return (
    <>
      <Note kind="notice">A quota on calls brings about what Organisation looks for.</Note>
      {canChange && (
        <button type="button" className="button" onClick={() => setIsAdding(true)}>
          Add a target
        </button>
      )}
      {targets.length === 0 ? (
        <p className="notes">
          No targets. Whoever announced one to people should put it here: it is then tested.
        </p>
      ) : (
        <table>
          <caption className="visually-hidden">Targets</caption>
          <thead>
            <tr>
              <th scope="col">Target</th>
              <th scope="col" className="wide">
                Announced
              </th>
              <th scope="col" className="right">
                Threshold
              </th>
              <th scope="col">
                <span className="visually-hidden">End</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {targets.map(({ target_id, version, state }) => (
              <TargetRow
                key={target_id}
                state={state}
                today={today}
                canEnd={canChange}
                onEnd={() =>
                  setChosen({
                    change: { subject: "target", target_id, state: { ...state, holds: false } },
                    version,
                  })
                }
              />
            ))}
          </tbody>
        </table>
      )}
      <TargetDialog
        today={today}
        isOpen={isAdding}
        onClose={() => setIsAdding(false)}
        onChosen={(state) => {
          setIsAdding(false);
          setChosen({ change: { subject: "target", target_id: null, state }, version: 0 });
        }}
      />
      <ConfirmChange
        title="Change targets"
        change={chosen?.change ?? null}
        seenVersion={chosen?.version ?? 0}
        onClose={() => setChosen(null)}
      />
    </>
  );
}

interface TargetRowProps {
  state: TargetState;
  today: string;
  canEnd: boolean;
  onEnd: () => void;
}

function TargetRow({ state, today, canEnd, onEnd }: TargetRowProps) {
  return (
    <tr>
      <th scope="row">
        {state.name}
        <div className="labels">{MEASURE_NAMES[state.measure]}</div>
      </th>
      <td className="wide">{formatDay(state.announced_on, today)}</td>
      <td className="right">{state.threshold}</td>
      <td className="right">
        {state.holds && canEnd && (
          <button type="button" className="button" aria-label={`End ${state.name}`} onClick={onEnd}>
            End
          </button>
        )}
        {!state.holds && <span className="quiet">Ended</span>}
      </td>
    </tr>
  );
}

interface TargetDialogProps {
  today: string;
  isOpen: boolean;
  onClose: () => void;
  onChosen: (state: TargetState) => void;
}

function TargetDialog({ today, isOpen, onClose, onChosen }: TargetDialogProps) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const measure = TARGET_MEASURES.find((name) => name === readText(form, "measure"));
    const threshold = readNumber(form, "threshold");
    if (measure === undefined || threshold === null) return;
    const announced_on = readText(form, "announced-on");
    onChosen({ name: readText(form, "name"), measure, threshold, announced_on, holds: true });
  };
  return (
    <Dialog title="Add a target" isOpen={isOpen} onOpenChange={(open) => !open && onClose()}>
      <form className="stack" onSubmit={submit}>
        <Note kind="notice">A quota on calls brings about what Organisation looks for.</Note>
        <TextField id="target-name" name="name" label="Name" maxLength={200} />
        <div className="field">
          <label htmlFor="target-measure">Measure, by person and week</label>
          <select id="target-measure" name="measure">
            {TARGET_MEASURES.map((measure) => (
              <option key={measure} value={measure}>
                {MEASURE_NAMES[measure]}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="target-threshold">Threshold</label>
          <input id="target-threshold" name="threshold" type="number" required min={0.01} step="any" />
        </div>
        <div className="field">
          <label htmlFor="target-announced">First day on which people knew of it</label>
          <input
            id="target-announced"
            name="announced-on"
            type="date"
            required
            max={today}
            defaultValue={today}
          />
        </div>
        <FormActions action="Show what it does" isBusy={false} failure="" error={null} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

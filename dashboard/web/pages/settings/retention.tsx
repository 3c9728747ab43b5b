// Retention: how long each thing is kept. What the operator has fixed says so.

import { type SyntheticEvent, useState } from "react";
import type { Retention } from "../../../../schemas/retention.ts";
import type { Settings } from "../../../../schemas/settings-api.ts";
import type { AnyChange } from "../../api/settings.ts";
import { TERM_NAMES, toTermRows } from "../../prepare/policy-rows.ts";
import { tellFixed } from "../../prepare/settings-view.ts";
import { ConfirmChange } from "./confirm-change.tsx";
import { readNumber } from "./form-values.ts";
import { SaveRow } from "./save-row.tsx";

const DAYS_MAX = 3650;

export function RetentionTerms({ settings }: { settings: Settings }) {
  const { version, terms } = settings.retention;
  const [change, setChange] = useState<AnyChange | null>(null);
  const notes = new Map(toTermRows(settings).map(({ what, note }) => [what, note]));
  const canChange = settings.can_change && terms.some(({ fixed_by: fixed }) => fixed === null);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const days: Partial<Record<Retention, number>> = {};
    for (const { name, next_days: nextDays } of terms) {
      const given = readNumber(form, name);
      if (given !== null && given !== nextDays) days[name] = given;
    }
    setChange({ subject: "retention", days });
  };
  return (
    <>
      <form onSubmit={submit}>
        <table>
          <caption className="visually-hidden">How long things are kept</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col" className="right">
                Days
              </th>
            </tr>
          </thead>
          <tbody>
            {terms.map(({ name, days, next_days: nextDays, fixed_by: fixed }) => (
              <tr key={name}>
                <th scope="row">
                  {TERM_NAMES[name]}
                  <div className="labels">{notes.get(TERM_NAMES[name])}</div>
                  {fixed !== null && <div className="labels">{tellFixed(fixed)}</div>}
                </th>
                <td className="right">
                  {settings.can_change && fixed === null ? (
                    <input
                      key={nextDays}
                      name={name}
                      type="number"
                      className="number-field"
                      aria-label={`Days for which ${TERM_NAMES[name].toLowerCase()} are kept`}
                      min={1}
                      max={DAYS_MAX}
                      defaultValue={nextDays}
                    />
                  ) : (
                    days
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {canChange && <SaveRow />}
      </form>
      <ConfirmChange
        title="Change how long things are kept"
        change={change}
        seenVersion={version}
        onClose={() => setChange(null)}
      />
    </>
  );
}

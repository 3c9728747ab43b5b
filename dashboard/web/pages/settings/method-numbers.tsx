// The numbers of the method, part by part: what each means, how it stands, and for the owner a way to change one at a time.

import { type SyntheticEvent, useState } from "react";
import type { Settings } from "../../../../schemas/settings-api.ts";
import type { AnyChange } from "../../api/settings.ts";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { nameNumber, namePart, tellFixed } from "../../prepare/settings-view.ts";
import { ConfirmChange } from "./confirm-change.tsx";
import { readNumber } from "./form-values.ts";

type MethodNumber = Settings["method"]["numbers"][number];

export function MethodNumbers({ settings }: { settings: Settings }) {
  const { version, numbers } = settings.method;
  const [edited, setEdited] = useState<MethodNumber | null>(null);
  const [change, setChange] = useState<AnyChange | null>(null);
  const parts = Object.entries(Object.groupBy(numbers, ({ part }) => part));
  return (
    <>
      <p className="notes">
        In force: <code>{settings.method.method_version}</code>. Every score carries this version.
      </p>
      {parts.map(([part, ofPart = []]) => (
        <details key={part} className="part">
          <summary>
            <h3>{namePart(part)}</h3>
            <span className="quiet">{tellChanged(ofPart)}</span>
          </summary>
          <NumberTable
            title={namePart(part)}
            numbers={ofPart}
            onEdit={settings.can_change ? setEdited : undefined}
          />
        </details>
      ))}
      <NumberDialog
        number={edited}
        onClose={() => setEdited(null)}
        onChosen={(next) => {
          setEdited(null);
          setChange(next);
        }}
      />
      <ConfirmChange
        title="Change a number of the method"
        change={change}
        seenVersion={version}
        onClose={() => setChange(null)}
      />
    </>
  );
}

interface NumberTableProps {
  title: string;
  numbers: readonly MethodNumber[];
  /** Undefined: the reader may not change them. */
  onEdit: ((number: MethodNumber) => void) | undefined;
}

function NumberTable({ title, numbers, onEdit }: NumberTableProps) {
  return (
    <table>
      <caption className="visually-hidden">{title}</caption>
      <thead>
        <tr>
          <th scope="col">Number</th>
          <th scope="col" className="right">
            Value
          </th>
          {onEdit !== undefined && (
            <th scope="col">
              <span className="visually-hidden">Change</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {numbers.map((number) => (
          <tr key={number.name}>
            <th scope="row">
              {nameNumber(number.name)}
              <div className="labels">{number.reason}</div>
              {number.fixed_by !== null && <div className="labels">{tellFixed(number.fixed_by)}</div>}
            </th>
            <td className="right">
              {number.value}
              {number.value !== number.shipped && <div className="labels">Assay ships {number.shipped}</div>}
            </td>
            {onEdit !== undefined && (
              <td className="right">
                {number.fixed_by === null && (
                  <button
                    type="button"
                    className="button"
                    aria-label={`Change ${nameNumber(number.name)}`}
                    onClick={() => onEdit(number)}
                  >
                    Change
                  </button>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function tellChanged(numbers: readonly MethodNumber[]): string {
  const changed = numbers.filter(({ value, shipped }) => value !== shipped).length;
  return changed === 0
    ? `${numbers.length} numbers, as shipped`
    : `${numbers.length} numbers, ${changed} changed`;
}

interface NumberDialogProps {
  /** Null: none is being changed. */
  number: MethodNumber | null;
  onClose: () => void;
  onChosen: (change: AnyChange) => void;
}

function NumberDialog({ number, onClose, onChosen }: NumberDialogProps) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = readNumber(event.currentTarget, "value");
    if (number === null || value === null) return;
    const { part, name, shipped } = number;
    onChosen({ subject: "method", part, name, value: value === shipped ? null : value });
  };
  return (
    <Dialog
      title={number === null ? "" : nameNumber(number.name)}
      isOpen={number !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      {number !== null && (
        <form className="stack" onSubmit={submit}>
          <p className="notes">{number.reason}</p>
          <div className="field">
            <label htmlFor="number-value">Value</label>
            <input
              id="number-value"
              name="value"
              type="number"
              required
              min={0}
              step="any"
              defaultValue={number.value}
            />
          </div>
          <FormActions action="Show what it does" isBusy={false} failure="" error={null} onCancel={onClose} />
        </form>
      )}
    </Dialog>
  );
}

// Weights of outcomes: what each kind is worth in value points, with the reason, and a field for the owner.

import { type SyntheticEvent, useState } from "react";
import type { OutcomeKind, Settings } from "../../../../schemas/settings-api.ts";
import type { AnyChange } from "../../api/settings.ts";
import { nameOutcome } from "../../prepare/outcome-names.ts";
import { tellFixed } from "../../prepare/settings-view.ts";
import { ConfirmChange } from "./confirm-change.tsx";
import { readNumber } from "./form-values.ts";
import { SaveRow } from "./save-row.tsx";

const POINTS_MAX = 100;

export function Weights({ settings }: { settings: Settings }) {
  const { version, weights } = settings.outcome_weights;
  const [change, setChange] = useState<AnyChange | null>(null);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const changed: Partial<Record<OutcomeKind, number | null>> = {};
    for (const { kind, points, shipped_points: shipped, fixed_by: fixed } of weights) {
      const given = readNumber(form, kind);
      if (fixed === null && given !== null && given !== points)
        changed[kind] = given === shipped ? null : given;
    }
    setChange({ subject: "outcome_weights", weights: changed });
  };
  return (
    <>
      <form onSubmit={submit}>
        <table>
          <caption className="visually-hidden">Value points by kind of outcome</caption>
          <thead>
            <tr>
              <th scope="col">Outcome</th>
              <th scope="col" className="wide">
                Why
              </th>
              <th scope="col" className="right">
                Points
              </th>
            </tr>
          </thead>
          <tbody>
            {weights.map((weight) => (
              <WeightRow key={weight.kind} weight={weight} canChange={settings.can_change} />
            ))}
          </tbody>
        </table>
        {settings.can_change && <SaveRow />}
      </form>
      <ConfirmChange
        title="Change weights"
        change={change}
        seenVersion={version}
        onClose={() => setChange(null)}
      />
    </>
  );
}

interface WeightRowProps {
  weight: Settings["outcome_weights"]["weights"][number];
  canChange: boolean;
}

function WeightRow({
  weight: { kind, points, shipped_points: shipped, reason, fixed_by: fixed },
  canChange,
}: WeightRowProps) {
  return (
    <tr>
      <th scope="row">
        {nameOutcome(kind)}
        <div className="labels narrow">{reason}</div>
        {points !== shipped && <div className="labels">Assay ships {shipped}</div>}
        {fixed !== null && <div className="labels">{tellFixed(fixed)}</div>}
      </th>
      <td className="wide notes">{reason}</td>
      <td className="right">
        {canChange && fixed === null ? (
          <input
            name={kind}
            type="number"
            className="number-field"
            aria-label={`Points of ${nameOutcome(kind)}`}
            min={0}
            max={POINTS_MAX}
            step="any"
            defaultValue={points}
            key={points}
          />
        ) : (
          points
        )}
      </td>
    </tr>
  );
}

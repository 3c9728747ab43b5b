// A pattern as a manager or the officer sees it; its person is shown the same.
//
// Always holds: the person's words stand first, and larger than what was measured; no figure but the pattern's own.

import type { Pattern } from "../../../../schemas/pattern-api.ts";
import { FloorBar } from "../../components/floor-bar.tsx";
import { dayOf } from "../../prepare/calendar.ts";
import { formatCost, formatDay } from "../../prepare/format.ts";
import { formatInterval, toMeasurements } from "../../prepare/pattern-measurements.ts";
import { tellDaysLeft } from "../../prepare/pattern-state.ts";
import { nameMechanisms, tellWhatWasSeen } from "../../prepare/pattern-words.ts";
import { toInnocents, toWords, tellMilestones } from "../../prepare/review-words.ts";
import { useSession } from "../../session.ts";
import { ValueOfRuns } from "../patterns/value-of-runs.tsx";
import "../../styles/review.css";

export function PatternBrief({ pattern, personName }: { pattern: Pattern; personName: string }) {
  const { me, now } = useSession();
  const today = dayOf(now(), me.timezone);
  return (
    <div className="brief">
      <header className="section brief-head">
        <div>
          <h2 tabIndex={-1} className="brief-title">
            {nameMechanisms(pattern.families)}
          </h2>
          <p className="notes">
            <b>{personName}</b> · {tellMilestones(pattern, today, me.timezone)}
          </p>
        </div>
        {pattern.clock !== null && <p className="badge">{tellDaysLeft(pattern.clock)}</p>}
      </header>
      <div className="brief-split">
        <Words pattern={pattern} personName={personName} />
        <Measured pattern={pattern} today={today} />
      </div>
      <section className="section">
        <h3>Value of these runs</h3>
        {pattern.value.yield === null ? (
          <p className="notes">Not enough evidence. The usual answer, and it says nothing about anybody.</p>
        ) : (
          <p className="notes">
            {pattern.value.yield.due_outcomes.toFixed(1)} outcomes linked,{" "}
            {pattern.value.expected_outcomes.toFixed(1)} expected for runs like these:{" "}
            <b>{formatInterval(pattern.value.yield)}</b>
          </p>
        )}
        <ValueOfRuns value={pattern.value} />
      </section>
      <section className="section">
        <h3>Innocent explanations to consider</h3>
        <ul className="pattern-list">
          {toInnocents(pattern).map((innocent) => (
            <li key={innocent}>{innocent}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Words({ pattern, personName }: { pattern: Pattern; personName: string }) {
  const words = toWords(pattern.statements);
  return (
    <section className="section">
      <h3 className="brief-label">What {personName} says</h3>
      {words.length === 0 ? (
        <p className="notes">Nothing yet. A conversation is the way to find out.</p>
      ) : (
        words.map(({ key, text, facts }) => (
          <div key={key}>
            <blockquote>{text}</blockquote>
            <dl className="brief-facts">
              {facts.map(({ name, value }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))
      )}
    </section>
  );
}

function Measured({ pattern, today }: { pattern: Pattern; today: string }) {
  const { recent, told } = pattern;
  return (
    <section className="section">
      <h3 className="brief-label">What was measured</h3>
      <p className="notes">{tellWhatWasSeen(pattern, "other", formatDay(pattern.first_week, today))}</p>
      <table className="brief-measures">
        <caption className="visually-hidden">What was measured, and its floor</caption>
        <thead>
          <tr>
            <th scope="col">Mechanism</th>
            <th scope="col">Measured</th>
          </tr>
        </thead>
        <tbody>
          {toMeasurements(pattern, today).map((measurement) => (
            <tr key={measurement.signal}>
              <th scope="row">
                {measurement.name}
                <small className="labels">{measurement.of}</small>
              </th>
              <td>
                <FloorBar
                  value={measurement.effect}
                  floor={measurement.floor}
                  valueText={measurement.effectText}
                  floorText={measurement.floorText}
                  end={1}
                />
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row">
              Size
              <small className="labels">
                {recent === null
                  ? "list price of its runs"
                  : `list price of its runs; ${recent.weeks_with_it} of the last ${recent.weeks} weeks have it`}
              </small>
            </th>
            <td className="number">{formatCost(Number(recent?.cost_usd ?? told.cost_usd))}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

// The rules in force, how long things are kept, and what outcomes weigh.

import type { PolicyState } from "../../../../schemas/pattern-api.ts";
import type { Settings } from "../../../../schemas/settings-api.ts";
import { toRuleRows, toTermRows } from "../../prepare/policy-rows.ts";
import { nameOutcome } from "../../prepare/outcome-names.ts";
import { useSession } from "../../session.ts";

export function RulesInForce({ policy, settings }: { policy: PolicyState; settings: Settings }) {
  const { me, now } = useSession();
  return (
    <section className="section" aria-labelledby="rules">
      <div className="section-head">
        <h2 id="rules">Rules in force</h2>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col" className="wide">
              What it says
            </th>
            <th scope="col">Version</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          {toRuleRows(policy, settings, { now: now(), timezone: me.timezone }).map((row) => (
            <tr key={row.rule}>
              <th scope="row">
                {row.rule}
                <div className="labels narrow">{row.says}</div>
              </th>
              <td className="wide">{row.says}</td>
              <td>{row.version}</td>
              <td>{row.since}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function KeptFor({ settings }: { settings: Settings }) {
  return (
    <section className="section" aria-labelledby="kept">
      <div className="section-head">
        <div>
          <h2 id="kept">What is kept, and how long</h2>
          <p>Counted from the call; for an import, from the import. Afterwards it is gone from the stores.</p>
        </div>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" className="wide">
              What that is
            </th>
            <th scope="col" className="right">
              Kept
            </th>
          </tr>
        </thead>
        <tbody>
          {toTermRows(settings).map(({ what, note, term }) => (
            <tr key={what}>
              <th scope="row">
                {what}
                <div className="labels narrow">{note}</div>
              </th>
              <td className="wide">{note}</td>
              <td className="right">{term}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function OutcomeWeights({ settings: { outcome_weights: weights } }: { settings: Settings }) {
  return (
    <section className="section" aria-labelledby="weights">
      <div className="section-head">
        <div>
          <h2 id="weights">What outcomes weigh</h2>
          <p>Value points, for display. A yield counts each outcome as one.</p>
        </div>
      </div>
      <ul>
        {weights.weights.map(({ kind, points, reason }) => (
          <li key={kind} className="reason">
            <b>{nameOutcome(kind)}</b>
            <span className="reason-amount">
              {points} {points === 1 ? "point" : "points"}
            </span>
            <p>{reason}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

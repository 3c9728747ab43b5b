// The way of a record, from the gateways to the store: how each stage does, and what waits before it.

import type { Flow } from "../../../../schemas/operator-api.ts";
import { STATE_WORDS, toStageRows } from "../../prepare/flow-view.ts";
import { StateMark } from "./state-mark.tsx";

export function Stages({ flow }: { flow: Flow | undefined }) {
  const isPartlyUnknown = flow?.stages.some(({ state }) => state === "unknown") ?? false;
  return (
    <section className="section" aria-labelledby="stages">
      <div className="section-head">
        <div>
          <h2 id="stages">From a call to its record</h2>
          {isPartlyUnknown && (
            <p>What runs on other machines tells of itself on its own metrics port, and is not known here.</p>
          )}
        </div>
      </div>
      <table>
        <caption className="visually-hidden">Stages of a record, in their order</caption>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">State</th>
            <th scope="col" className="right">
              Waits
            </th>
            <th scope="col" className="right wide">
              Oldest
            </th>
          </tr>
        </thead>
        <tbody>
          {toStageRows(flow).map(({ name, state, reason, waiting, oldest }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <StateMark state={state} word={flow === undefined ? "–" : STATE_WORDS[state]} />
                {reason !== "" && <div className="notes">{reason}</div>}
              </td>
              <td className="right">{waiting}</td>
              <td className="right wide">{oldest}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

// What Assay is made of here: gateways, stores, analytics, erasures, versions.

import type { Flow } from "../../../../schemas/operator-api.ts";
import { formatKnown, formatSeconds, STATE_WORDS } from "../../prepare/flow-view.ts";
import { StateMark } from "./state-mark.tsx";

export function Parts({ flow }: { flow: Flow | undefined }) {
  return (
    <div className="split">
      <section aria-labelledby="gateways">
        <div className="section-head">
          <div>
            <h2 id="gateways">Gateways</h2>
            <p>They know keys and people from a snapshot, also while Postgres is away.</p>
          </div>
        </div>
        <dl className="facts">
          {(flow?.gateways ?? []).map(({ name, state, reason }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <StateMark state={state} word={STATE_WORDS[state]} />
                {reason !== null && <div className="notes">{reason}</div>}
              </dd>
            </div>
          ))}
          {flow?.gateways === null && (
            <div>
              <dt>Gateways</dt>
              <dd>Not known here</dd>
            </div>
          )}
          <div>
            <dt>Age of the snapshot</dt>
            <dd className="number">
              {flow && flow.snapshot_age_seconds === null
                ? "Not known here"
                : formatSeconds(flow?.snapshot_age_seconds ?? null)}
            </dd>
          </div>
        </dl>
      </section>
      <section aria-labelledby="parts">
        <div className="section-head">
          <h2 id="parts">Stores and versions</h2>
        </div>
        <dl className="facts">
          {(flow?.stores ?? []).map(({ store, is_reachable, version }) => (
            <div key={store}>
              <dt>{store}</dt>
              <dd>
                <StateMark
                  state={is_reachable ? "ok" : "failed"}
                  word={is_reachable ? (version ?? "Reachable") : "Does not answer"}
                />
              </dd>
            </div>
          ))}
          <Facts flow={flow} />
        </dl>
      </section>
    </div>
  );
}

function Facts({ flow }: { flow: Flow | undefined }) {
  const computedAt = flow?.analytics?.computed_at ?? null;
  const age =
    flow === undefined || computedAt === null
      ? null
      : (Date.parse(flow.as_of) - Date.parse(computedAt)) / 1000;
  const facts: readonly [string, string][] = [
    ["Analytics: last pass", age === null ? "–" : `${formatSeconds(Math.max(0, age))} ago`],
    ["Analytics: calls that wait", formatKnown(flow?.analytics?.waiting_calls ?? null)],
    ["Dead letters", formatKnown(flow?.dead_letters ?? null)],
    ["Erasures under way", formatKnown(flow?.erasures_under_way ?? null)],
    ["Assay", flow?.versions.assay ?? "–"],
    ["Node", flow?.versions.node ?? "–"],
  ];
  return facts.map(([name, value]) => (
    <div key={name}>
      <dt>{name}</dt>
      <dd className="number">{value}</dd>
    </div>
  ));
}

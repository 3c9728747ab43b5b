// What went missing on the way, by reason; and which models are not measured: without usage, or without a price.

import type { Flow } from "../../../../schemas/operator-api.ts";
import { formatCount } from "../../prepare/format.ts";
import { toDropRows } from "../../prepare/flow-view.ts";

export function Losses({ flow }: { flow: Flow | undefined }) {
  return (
    <>
      <section className="section" aria-labelledby="drops">
        <div className="section-head">
          <div>
            <h2 id="drops">Dropped, by reason</h2>
            <p>Since the processes of this machine started.</p>
          </div>
        </div>
        <Drops drops={flow?.drops} />
      </section>
      <div className="split">
        <section aria-labelledby="unmetered">
          <div className="section-head">
            <div>
              <h2 id="unmetered">Calls without usage</h2>
              <p>Of the last 24 hours. Their tokens are unknown, not zero.</p>
            </div>
          </div>
          <Models
            of={flow?.unmetered}
            none="Every call came back with its usage."
            caption="Calls without usage"
          />
        </section>
        <section aria-labelledby="unpriced">
          <div className="section-head">
            <div>
              <h2 id="unpriced">Calls without a price</h2>
              <p>
                Of the last 24 hours. Set prices in ASSAY_PRICES, then run <code>assay reprice</code>.
              </p>
            </div>
          </div>
          <Models of={flow?.unpriced} none="Every model has a known price." caption="Calls without a price" />
        </section>
      </div>
    </>
  );
}

function Drops({ drops }: { drops: Flow["drops"] | undefined }) {
  if (drops === undefined) return <p className="notes">–</p>;
  if (drops === null)
    return (
      <p className="notes">Not known here: no gateway runs beside this dashboard. Its own metrics say it.</p>
    );
  if (drops.length === 0) return <p className="notes">Nothing was dropped.</p>;
  return (
    <table>
      <caption className="visually-hidden">What was dropped, by reason</caption>
      <thead>
        <tr>
          <th scope="col">Reason</th>
          <th scope="col">Of what</th>
          <th scope="col" className="right">
            How many
          </th>
        </tr>
      </thead>
      <tbody>
        {toDropRows(drops).map(({ key, reason, detail, count }) => (
          <tr key={key}>
            <th scope="row">{reason}</th>
            <td>{detail}</td>
            <td className="right">{count}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ModelsProps {
  of: Flow["unpriced"] | undefined;
  none: string;
  caption: string;
}

function Models({ of, none, caption }: ModelsProps) {
  if (of === undefined) return <p className="notes">–</p>;
  if (of === null) return <p className="notes">Not known while ClickHouse does not answer.</p>;
  if (of.length === 0) return <p className="notes">{none}</p>;
  return (
    <table>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Provider</th>
          <th scope="col">Model</th>
          <th scope="col" className="right">
            Calls
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map(({ provider, model, calls }) => (
          <tr key={`${provider} ${model ?? ""}`}>
            <th scope="row">{provider}</th>
            <td className="slice-name">{model ?? "not named"}</td>
            <td className="right">{formatCount(calls)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// Yield by class: what came of it, against what was expected of runs of the same class, model tier and cost.

import { EvidenceMeter } from "../../components/evidence-meter.tsx";
import { Interval, IntervalAxis } from "../../components/interval.tsx";
import type { UsageValue } from "../../../../schemas/usage-value-api.ts";
import { toYieldRows, type YieldRow } from "../../prepare/usage-value.ts";

export function Yields({ value }: { value: UsageValue }) {
  const rows = toYieldRows(value);
  if (value.individual_scoring === "off" || value.scored_from === null)
    return (
      <Section>
        <p className="notes">
          Individuals are not scored here, so nothing is concluded from what came of your work. Counts, cost
          and reasons stay.
        </p>
      </Section>
    );
  return (
    <Section weeks={value.yield_weeks}>
      {rows.length === 0 && (
        <p className="notes">No week of these days has a figure yet. The usual answer at the beginning.</p>
      )}
      {rows.some(({ estimate }) => estimate !== null) && (
        <div className="yield-row yield-head">
          <span />
          <IntervalAxis />
          <span />
        </div>
      )}
      {rows.map((row) => (
        <YieldOfClass key={row.title} row={row} />
      ))}
    </Section>
  );
}

function Section({ weeks, children }: { weeks?: number; children: React.ReactNode }) {
  return (
    <section className="section" aria-labelledby="yields">
      <div className="section-head">
        <div>
          <h2 id="yields">Yield: what came of it, against what was expected</h2>
          {weeks !== undefined && (
            <p>
              Compared with runs of the same class, model tier and cost, over {weeks} weeks. The bar spans the
              values that are 90&#8239;% likely.
            </p>
          )}
        </div>
      </div>
      {children}
    </section>
  );
}

function YieldOfClass({ row }: { row: YieldRow }) {
  return (
    <div className="yield-row">
      <div>
        <h3>{row.title}</h3>
        <p className="labels number">{row.basis}</p>
      </div>
      <div>
        {row.estimate !== null && <Interval estimate={row.estimate} />}
        {row.evidence !== null && <EvidenceMeter {...row.evidence} />}
        {row.reason !== null && <p className="notes">{row.reason}</p>}
      </div>
      <div>
        <p className="number">{row.verdict}</p>
        <p className="labels">{row.note}</p>
      </div>
    </div>
  );
}

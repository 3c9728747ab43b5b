// Cost of each week by model, stacked, and the models with their cost and tokens. Models may stand by their cost: they are nobody.

import { formatDay, formatTokens } from "../../prepare/format.ts";
import type { OrganisationView, Series } from "../../prepare/organisation-view.ts";
import { NOT_SHOWN, writeUsd } from "../../prepare/organisation-words.ts";
import { nameModel } from "../../prepare/organisation-names.ts";
import { WeekColumns } from "./week-columns.tsx";

export function CostByModel({ view, today }: { view: OrganisationView; today: string }) {
  const { models, weeks } = view;
  if (models === null)
    return (
      <section className="section" aria-labelledby="cost-by-model">
        <div className="section-head">
          <h2 id="cost-by-model">Cost by week and model</h2>
        </div>
        <p className="notes">{NOT_SHOWN}.</p>
      </section>
    );
  const days = weeks.map(({ week }) => week);
  return (
    <div className="split">
      <section aria-labelledby="cost-by-model">
        <div className="section-head">
          <h2 id="cost-by-model">Cost by week and model</h2>
        </div>
        <WeekColumns weeks={days} series={models} today={today} />
        <details>
          <summary>Show as a table</summary>
          <WeekTable weeks={days} series={models} today={today} />
        </details>
      </section>
      <section aria-labelledby="models">
        <div className="section-head">
          <h2 id="models">Models</h2>
        </div>
        <ModelTable series={models} unpriced={view.unpriced} />
      </section>
    </div>
  );
}

function ModelTable({
  series,
  unpriced,
}: {
  series: readonly Series[];
  unpriced: OrganisationView["unpriced"];
}) {
  return (
    <table className="kinds">
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col" className="right">
            Cost
          </th>
          <th scope="col" className="right">
            Tokens
          </th>
        </tr>
      </thead>
      <tbody>
        {series.map(({ name, totalUsd, tokens }, at) => (
          <tr key={name ?? ""}>
            <th scope="row">
              <span className="kind-name">
                <i className="swatch" data-series={name === null ? "others" : at + 1} />
                {nameModel(name)}
              </span>
            </th>
            <td className="right">{writeUsd(totalUsd)}</td>
            <td className="right quiet">{formatTokens(tokens)}</td>
          </tr>
        ))}
        {unpriced.map(({ name }) => (
          <tr key={`unpriced ${name}`}>
            <th scope="row">
              <span className="kind-name">
                <i className="swatch" data-series="unpriced" />
                {nameModel(name)}
              </span>
              <div className="labels">No price is set, so its cost is in no sum.</div>
            </th>
            <td className="right quiet">unpriced</td>
            <td className="right quiet" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function WeekTable({
  weeks,
  series,
  today,
}: {
  weeks: readonly string[];
  series: readonly Series[];
  today: string;
}) {
  return (
    <div className="chart-table" role="region" aria-label="Table of cost by week and model" tabIndex={0}>
      <table>
        <caption className="visually-hidden">Cost by week and model</caption>
        <thead>
          <tr>
            <th scope="col">Week of</th>
            {series.map(({ name }) => (
              <th key={name ?? ""} scope="col" className="right">
                {nameModel(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week, at) => (
            <tr key={week}>
              <th scope="row">{formatDay(week, today)}</th>
              {series.map(({ name, weeksUsd }) => (
                <td key={name ?? ""} className="right">
                  {writeUsd(weeksUsd[at] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// Where the cost went: by model, client, class or kind of call, as bars whose lengths compare, with their figures.

import * as Tabs from "@radix-ui/react-tabs";
import type { Usage } from "../../../../schemas/dashboard-api.ts";
import { Bar } from "../../charts/bar.tsx";
import { navigate, PATHS } from "../../location.tsx";
import { formatCost, formatCount, formatShare, formatTokens } from "../../prepare/format.ts";
import { type SliceRow, toSliceRows } from "../../prepare/slices.ts";
import { type Dimension, DIMENSIONS, toUsageSearch, type UsageView } from "../../prepare/usage-view.ts";

const LISTS = { model: "by_model", client: "by_client", class: "by_class", kind: "by_kind" } as const;

export function WhereItWent({ usage, view }: { usage: Usage; view: UsageView }) {
  const choose = (name: string) => {
    const dimension = DIMENSIONS.find((candidate) => candidate.name === name)?.name ?? view.dimension;
    navigate(`${PATHS.usage}${toUsageSearch({ ...view, dimension })}`, { replace: true });
  };
  return (
    <section aria-labelledby="where-it-went">
      <Tabs.Root value={view.dimension} onValueChange={choose}>
        <div className="section-head">
          <h2 id="where-it-went">Where it went</h2>
          <Tabs.List className="tab-list" aria-label="Told apart by">
            {DIMENSIONS.map(({ name, label }) => (
              <Tabs.Trigger key={name} value={name}>
                {label}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
        </div>
        {DIMENSIONS.map(({ name, label }) => (
          <Tabs.Content key={name} value={name}>
            <SliceTable label={label} rows={rowsOf(usage, view, name)} volume={view.volume} />
          </Tabs.Content>
        ))}
      </Tabs.Root>
    </section>
  );
}

function rowsOf(usage: Usage, { volume }: UsageView, dimension: Dimension): SliceRow[] {
  return toSliceRows(usage[LISTS[dimension]], usage.totals, { dimension, volume });
}

function SliceTable({
  label,
  rows,
  volume,
}: {
  label: string;
  rows: readonly SliceRow[];
  volume: UsageView["volume"];
}) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{label}</th>
          <th scope="col" className="bar-cell">
            <span className="visually-hidden">Length of the cost</span>
          </th>
          <th scope="col" className="right">
            {volume === "credited" ? "Cost, credited" : "Cost, gross"}
          </th>
          <th scope="col" className="right wide">
            Tokens
          </th>
          <th scope="col" className="right">
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row" className="slice-name">
              {row.name}
            </th>
            <td className="bar-cell">
              <Bar
                isOthers={row.isOthers}
                parts={[
                  { name: "credited", length: row.creditedLength },
                  { name: "uncredited", length: row.uncreditedLength, mark: "uncredited" },
                ]}
              />
            </td>
            <td className="right">{formatCost(row.costUsd)}</td>
            <td className="right wide" title={row.tokens === null ? undefined : formatCount(row.tokens)}>
              {formatTokens(row.tokens)}
            </td>
            <td className="right quiet">{formatShare(row.share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// Not credited, and why: each reason with what it means, what it cost and how many calls. It accuses nobody.

import type { Usage } from "../../../../schemas/dashboard-api.ts";
import { toAmounts } from "../../prepare/amounts.ts";
import { formatCalls, formatCost } from "../../prepare/format.ts";
import { explainReason } from "../../prepare/uncredited-reasons.ts";
import type { Volume } from "../../prepare/usage-view.ts";

export function NotCredited({ usage, volume }: { usage: Usage; volume: Volume }) {
  const { uncreditedUsd } = toAmounts(usage.totals);
  return (
    <section aria-labelledby="not-credited">
      <div className="section-head">
        <div>
          <h2 id="not-credited">Not credited, and why</h2>
          {usage.uncredited.length === 0 ? (
            <p>Every call of these days is credited.</p>
          ) : (
            <p>
              {formatCost(uncreditedUsd)}{" "}
              {volume === "credited" ? "is left out of your totals." : "is not credited."} It says nothing
              about you.
            </p>
          )}
        </div>
      </div>
      {usage.uncredited.map(({ reason, calls, cost_usd }) => {
        const { title, sentence } = explainReason(reason);
        return (
          <div key={reason} className="reason">
            <h3>{title}</h3>
            <p>{sentence}</p>
            <div className="reason-amount number">
              {formatCost(Number(cost_usd))}
              <div className="labels">{formatCalls(calls)}</div>
            </div>
          </div>
        );
      })}
    </section>
  );
}

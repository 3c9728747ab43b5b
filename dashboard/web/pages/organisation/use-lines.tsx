// Any use beside meaningful use, as shares of people by week. A share below a tenth or above nine tenths is drawn at that line.

import type { Share, TargetAnswer } from "../../../../schemas/organisation-api.ts";
import { SHARE_MAX, SHARE_MIN } from "../../../../schemas/organisation-api.ts";
import { formatDay } from "../../prepare/format.ts";
import type { OrganisationView } from "../../prepare/organisation-view.ts";
import { writeShare } from "../../prepare/organisation-words.ts";

interface UseLinesProps {
  view: OrganisationView;
  today: string;
  target: TargetAnswer | undefined;
}

const LINES = [
  { key: "active_share", name: "any use" },
  { key: "meaningful_share", name: "meaningful use" },
] as const;
const TICKS = [0, 0.5, 1] as const;
/** Labels closer than this would touch. */
const LABEL_GAP = 0.09;

export function UseLines({ view: { weeks }, today, target }: UseLinesProps) {
  const last = weeks.at(-1);
  return (
    <section aria-labelledby="use-lines">
      <div className="section-head">
        <div>
          <h2 id="use-lines">Any use, and meaningful use</h2>
          <p>Meaningful: credited, and more than a trivial call. Share of people by week.</p>
        </div>
      </div>
      <div className="use-lines" aria-hidden="true">
        <div className="week-axis labels">
          {TICKS.map((tick) => (
            <span key={tick} style={{ bottom: `${tick * 100}%` }}>
              {tick * 100} %
            </span>
          ))}
        </div>
        <Plot weeks={weeks} announcedOn={target?.announced_on} />
        <div className="week-ends labels">
          <span>{weeks[0] !== undefined && formatDay(weeks[0].week, today)}</span>
          <span>{last !== undefined && formatDay(last.week, today)}</span>
        </div>
      </div>
      <details>
        <summary>Show as a table</summary>
        <UseTable weeks={weeks} today={today} />
      </details>
    </section>
  );
}

function Plot({ weeks, announcedOn }: { weeks: OrganisationView["weeks"]; announcedOn: string | undefined }) {
  const xOf = (at: number): number => (weeks.length < 2 ? 0.5 : at / (weeks.length - 1));
  const announcedAt = weeks.findIndex(({ week }) => week >= (announcedOn ?? "9999"));
  const last = weeks.at(-1);
  const isTouching =
    Math.abs(toHeight(last?.active_share ?? null) - toHeight(last?.meaningful_share ?? null)) < LABEL_GAP;
  return (
    <div className="use-plot">
      {TICKS.map((tick) => (
        <i key={tick} className="week-line" style={{ bottom: `${tick * 100}%` }} />
      ))}
      <svg viewBox="0 0 100 100" preserveAspectRatio="none">
        {LINES.map(({ key }) => (
          <polyline
            key={key}
            data-line={key}
            points={weeks
              .flatMap((week, at) =>
                week[key] === null ? [] : [`${xOf(at) * 100},${100 - toHeight(week[key]) * 100}`],
              )
              .join(" ")}
          />
        ))}
      </svg>
      {announcedAt > 0 && (
        <>
          <i className="target-line" style={{ left: `${xOf(announcedAt) * 100}%` }} />
          <span className="target-label labels" style={{ left: `${xOf(announcedAt) * 100}%` }}>
            target announced
          </span>
        </>
      )}
      {last !== undefined &&
        LINES.map(({ key, name }, at) => (
          <span
            key={key}
            className="use-label"
            data-line={key}
            style={{ bottom: `${toHeight(last[key]) * 100}%` }}
            data-below={at === 1 || !isTouching ? true : undefined}
          >
            {writeShare(last[key])} {name}
          </span>
        ))}
    </div>
  );
}

function UseTable({ weeks, today }: { weeks: OrganisationView["weeks"]; today: string }) {
  return (
    <table>
      <caption className="visually-hidden">Share of people by week</caption>
      <thead>
        <tr>
          <th scope="col">Week of</th>
          <th scope="col" className="right">
            Any use
          </th>
          <th scope="col" className="right">
            Meaningful use
          </th>
        </tr>
      </thead>
      <tbody>
        {weeks.map(({ week, active_share, meaningful_share }) => (
          <tr key={week}>
            <th scope="row">{formatDay(week, today)}</th>
            <td className="right">{writeShare(active_share)}</td>
            <td className="right">{writeShare(meaningful_share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function toHeight(share: Share | null): number {
  if (share === "under") return SHARE_MIN;
  return share === "over" ? SHARE_MAX : (share ?? 0);
}

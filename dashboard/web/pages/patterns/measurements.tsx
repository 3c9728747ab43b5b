// What was measured of my pattern: each signal with its floor, its weeks and what it can innocently be, then value, then size.

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { OwnPattern } from "../../../../schemas/pattern-api.ts";
import { PhaseColumns } from "../../components/phase-columns.tsx";
import { Loading, Skeleton } from "../../components/states.tsx";
import {
  formatInterval,
  type Measurement,
  tellCostFloor,
  tellStarts,
  toMeasurements,
  toSize,
} from "../../prepare/pattern-measurements.ts";
import { useSession } from "../../session.ts";
import { toNamedRunsQuery } from "./named-runs.tsx";
import { ValueOfRuns } from "./value-of-runs.tsx";
import { WeekColumns } from "./week-columns.tsx";

export function Measurements({ pattern, today }: { pattern: OwnPattern; today: string }) {
  const measurements = toMeasurements(pattern, today);
  const size = toSize(pattern, today);
  const { value } = pattern;
  return (
    <section className="section" aria-labelledby="pattern-measured">
      <div className="section-head">
        <div>
          <h2 id="pattern-measured">What was measured</h2>
          <p>
            A pattern is noticed only when several things hold at once. Each has a floor, and each can be
            innocent. The time of day plays no part.
          </p>
        </div>
      </div>
      {measurements.map((measurement, index) => (
        <Measured
          key={measurement.signal}
          title={`${index + 1}. ${measurement.name}`}
          sentences={[
            measurement.question,
            `${measurement.sentence} The floor is ${measurement.floorText}; by chance ${measurement.chance}.`,
          ]}
          innocent={measurement.innocents}
        >
          <SignalChart pattern={pattern} measurement={measurement} />
        </Measured>
      ))}
      <Measured
        title={`${measurements.length + 1}. Value`}
        sentences={
          value.yield === null
            ? ["Not enough evidence. The usual answer; nothing to do."]
            : [
                `${value.yield.due_outcomes.toFixed(1)} outcomes linked, ${value.expected_outcomes.toFixed(1)} expected for runs like these. Yield ${formatInterval(value.yield)}.`,
              ]
        }
        innocent="work whose results Assay can't see, such as monitoring or research. Add what came of a run on its page, and this is computed again"
      >
        <ValueOfRuns value={value} />
      </Measured>
      <Measured
        title={`${measurements.length + 2}. Size and persistence`}
        sentences={size.sentences}
        floor={tellCostFloor(pattern)}
      >
        <WeekColumns label="Cost of the named runs by week, in US dollars" weeks={size.weeks} floor={null} />
      </Measured>
    </section>
  );
}

interface MeasuredProps {
  title: string;
  sentences: readonly string[];
  innocent?: string;
  floor?: string;
  children: ReactNode;
}

function Measured({ title, sentences, innocent, floor, children }: MeasuredProps) {
  return (
    <article className="measured">
      <div>
        <h3>{title}</h3>
        {sentences.map((sentence) => (
          <p key={sentence} className="notes">
            {sentence}
          </p>
        ))}
      </div>
      <div className="measured-chart">{children}</div>
      {innocent !== undefined && (
        <p className="measured-innocent">
          <b>Can be innocent:</b> {innocent}.
        </p>
      )}
      {floor !== undefined && <p className="measured-innocent">{floor}</p>}
    </article>
  );
}

/** Starts within their period where that is known; beside it each signal's weeks against its floor. */
function SignalChart({ pattern, measurement }: { pattern: OwnPattern; measurement: Measurement }) {
  const { name, weeks, floor, floorText } = measurement;
  return (
    <>
      {measurement.signal === "phase_lock" && <Starts pattern={pattern} />}
      <WeekColumns
        label={`${name} by week`}
        weeks={weeks}
        floor={{ value: floor, text: floorText }}
        max={1.15}
      />
    </>
  );
}

function Starts({ pattern }: { pattern: OwnPattern }) {
  const session = useSession();
  const named = useQuery(toNamedRunsQuery(session, pattern.pattern_id));
  if (named.isPending) return <Loading shape={<Skeleton height={120} />} />;
  const starts = named.data?.starts ?? null;
  // That the runs could not be read is said once, where they are listed.
  if (starts === null) return null;
  return (
    <div>
      <p className="notes">{tellStarts(starts)}</p>
      <PhaseColumns counts={starts.counts} periodMinutes={starts.period_minutes} />
    </div>
  );
}

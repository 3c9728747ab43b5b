// A yield on its axis: a dot for the mean, a bar with caps for the 90 % interval, a dashed line at what was expected. The words
// beside it say the same; no colour changes at any threshold.

import { toDrawnInterval, toYieldPlace, writeYield, type Yield, YIELD_TICKS } from "../prepare/interval.ts";

const WIDTH = 400;
const HEIGHT = 28;
const MIDDLE = HEIGHT / 2;
const CAP = 5;
const RADIUS = 5;
/** Keeps the caps and the dot at the ends of the axis within the picture. */
const INSET = 6;

const toX = (share: number) => INSET + share * (WIDTH - 2 * INSET);

export function Interval({ estimate, isProvisional = false }: { estimate: Yield; isProvisional?: boolean }) {
  const drawn = toDrawnInterval(estimate);
  const [low, mean, high] = [toX(drawn.low), toX(drawn.mean), toX(drawn.high)];
  return (
    <svg
      className="interval"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Yield ${writeYield(estimate)}, where 1 is as expected${isProvisional ? ", provisional" : ""}.`}
      data-provisional={isProvisional || undefined}
    >
      {YIELD_TICKS.map(({ value }) => (
        <line
          key={value}
          className={value === 1 ? "interval-expected" : "interval-grid"}
          x1={toX(toYieldPlace(value))}
          x2={toX(toYieldPlace(value))}
          y1={0}
          y2={HEIGHT}
        />
      ))}
      <line className="interval-bar" x1={low} x2={high} y1={MIDDLE} y2={MIDDLE} />
      <path className="interval-end" d={toEnd(low, drawn.leavesBelow ? -1 : 0)} />
      <path className="interval-end" d={toEnd(high, drawn.leavesAbove ? 1 : 0)} />
      <ellipse className="interval-mean" cx={mean} cy={MIDDLE} rx={RADIUS} ry={RADIUS} />
    </svg>
  );
}

/** A cap, or an arrow to the side on which the interval leaves the axis. */
function toEnd(x: number, direction: -1 | 0 | 1): string {
  if (direction === 0) return `M${x} ${MIDDLE - CAP}V${MIDDLE + CAP}`;
  const back = x - direction * CAP;
  return `M${back} ${MIDDLE - CAP}L${x} ${MIDDLE}L${back} ${MIDDLE + CAP}`;
}

/** The axis above several intervals. */
export function IntervalAxis() {
  return (
    <div className="interval-axis labels" aria-hidden="true">
      {YIELD_TICKS.map(({ value, label }) => (
        <span key={value} style={{ left: `${toYieldPlace(value) * 100}%` }}>
          {label}
        </span>
      ))}
    </div>
  );
}

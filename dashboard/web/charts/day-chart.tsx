// Cost by day in stacked columns, on the base line of zero. Loaded by itself, so that the first page does not wait for it.
//
// Always holds: credited is solid and not credited hatched, so that colour alone tells nothing; the unfinished day is paler
// with a dashed outline; what is not known is a gap with a question mark, never a column of height zero; nothing moves.

import { useId } from "react";
import {
  Bar,
  BarChart,
  type BarShapeProps,
  CartesianGrid,
  ReferenceDot,
  ReferenceLine,
  Tooltip,
  XAxis,
  type XAxisTickContentProps,
  YAxis,
} from "recharts";
import {
  axisWidthPx,
  type CostAxis,
  type DayColumn,
  summariseColumns,
  toLabelledDays,
} from "../prepare/day-columns.ts";
import { formatCost, formatCount } from "../prepare/format.ts";

interface DayChartProps {
  columns: readonly DayColumn[];
  axis: CostAxis;
  medianUsd: number | null;
  isNarrow: boolean;
}

const COLUMN_WIDTH_MAX_PX = 40;
/** Up to this many columns, each is wider than the longest label. */
const WIDE_COLUMNS_MAX = 7;
const PART_GAP_PX = 1;
const MARK_RADIUS_PX = 8;

export function DayChart({ columns, axis, medianUsd, isNarrow }: DayChartProps) {
  const hatch = useId();
  const unknown = columns.filter(({ hasUnknownPart }) => hasUnknownPart);
  return (
    <BarChart
      responsive
      style={{ width: "100%", height: "100%" }}
      data={columns}
      margin={{ top: 24, right: 0, bottom: 0, left: 0 }}
      barCategoryGap={columns.length > 40 ? "12%" : "18%"}
      title="Cost"
      desc={`${summariseColumns(columns)} The same figures stand in the table below.`}
    >
      <Hatch id={hatch} />
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="day"
        ticks={toLabelledDays(columns, isNarrow)}
        interval={0}
        tickLine={false}
        axisLine={{ stroke: "var(--line-strong)" }}
        tick={<DayTick columns={columns} isNarrow={isNarrow} />}
      />
      <YAxis
        width={axisWidthPx(axis)}
        domain={[0, axis.maxUsd]}
        ticks={axis.ticksUsd}
        tickFormatter={(usd: number) => `$${usd.toFixed(usd === 0 ? 0 : axis.decimals)}`}
        tickLine={false}
        axisLine={false}
      />
      <Tooltip
        cursor={{ fill: "var(--sunken)" }}
        isAnimationActive={false}
        content={<DayTooltip columns={columns} />}
      />
      <Bar
        dataKey="creditedUsd"
        stackId="cost"
        maxBarSize={COLUMN_WIDTH_MAX_PX}
        isAnimationActive={false}
        shape={<CreditedPart columns={columns} />}
      />
      <Bar
        dataKey="uncreditedUsd"
        stackId="cost"
        maxBarSize={COLUMN_WIDTH_MAX_PX}
        isAnimationActive={false}
        shape={<UncreditedPart columns={columns} hatch={hatch} />}
      />
      {medianUsd !== null && (
        <ReferenceLine y={medianUsd} stroke="var(--past)" strokeWidth={1.5} strokeDasharray="4 3" />
      )}
      {unknown.map(({ day, costUsd }) => (
        <ReferenceDot key={day} x={day} y={costUsd ?? 0} shape={UnknownMark} />
      ))}
    </BarChart>
  );
}

/** Not credited: lines over the ground colour, in the theme's own colours. */
function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="4" height="4" className="hatch-ground" />
        <line x1="0" y1="0" x2="0" y2="4" className="hatch-line" />
      </pattern>
    </defs>
  );
}

/** What recharts adds to an element that it draws: for a part of a column, its place and which column it is. */
interface PartProps extends Partial<Pick<BarShapeProps, "x" | "y" | "width" | "height" | "index">> {
  columns: readonly DayColumn[];
}

function CreditedPart({ x = 0, y = 0, width = 0, height = 0, index = 0, columns }: PartProps) {
  if (height <= 0) return null;
  return (
    <rect
      className="column-credited"
      data-unfinished={columns[index]?.isUnfinished === true ? true : undefined}
      x={x}
      y={y}
      width={width}
      height={height}
    />
  );
}

function UncreditedPart({
  x = 0,
  y = 0,
  width = 0,
  height = 0,
  index = 0,
  columns,
  hatch,
}: PartProps & { hatch: string }) {
  const drawn = height - PART_GAP_PX;
  if (drawn <= 0) return null;
  return (
    <rect
      className="column-uncredited"
      data-unfinished={columns[index]?.isUnfinished === true ? true : undefined}
      fill={`url(#${hatch})`}
      x={x + 0.5}
      y={y + 0.5}
      width={Math.max(width - 1, 1)}
      height={Math.max(drawn - 1, 1)}
    />
  );
}

function UnknownMark({ cx, cy }: { cx?: number; cy?: number }) {
  if (cx === undefined || cy === undefined) return <g />;
  const middle = cy - MARK_RADIUS_PX - 5;
  return (
    <g className="unknown-mark">
      <circle cx={cx} cy={middle} r={MARK_RADIUS_PX} />
      <text x={cx} y={middle + 4} textAnchor="middle">
        ?
      </text>
    </g>
  );
}

interface DayTickProps extends Partial<Pick<XAxisTickContentProps, "x" | "y" | "payload">> {
  columns: readonly DayColumn[];
  isNarrow: boolean;
}

/** Today's label is longer than its column is wide: where it would leave the chart it ends at its column's middle. */
function DayTick({ x = 0, y = 0, payload, columns, isNarrow }: DayTickProps) {
  const column = columns.find(({ day }) => day === payload?.value);
  const isLast = column !== undefined && column === columns.at(-1);
  return (
    <text
      x={x}
      y={Number(y) + 10}
      textAnchor={isLast && (isNarrow || columns.length > WIDE_COLUMNS_MAX) ? "end" : "middle"}
      className={isLast ? "today-label" : undefined}
    >
      {column?.label}
    </text>
  );
}

function DayTooltip({
  active,
  label,
  columns,
}: {
  active?: boolean;
  label?: unknown;
  columns: readonly DayColumn[];
}) {
  const column = columns.find(({ day }) => day === label);
  if (active !== true || column === undefined) return null;
  return (
    <div className="chart-tooltip" role="status">
      <strong>{column.label}</strong>
      <dl>
        <dt>Credited</dt>
        <dd className="number">{writeCost(column, column.creditedUsd)}</dd>
        <dt>Not credited</dt>
        <dd className="number">{writeCost(column, column.uncreditedUsd)}</dd>
        <dt>Calls</dt>
        <dd className="number">{formatCount(column.calls)}</dd>
      </dl>
      {column.hasUnknownPart && <p className="quiet">A part of the cost is unknown.</p>}
    </div>
  );
}

function writeCost({ calls }: DayColumn, costUsd: number | null): string {
  return costUsd === null && calls === 0 ? "not yet added up" : formatCost(costUsd);
}

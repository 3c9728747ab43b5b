// The columns of person-weeks around a target, as they are drawn: as wide as what they span, and as high as there are person-weeks to a
// fifth of the target, so that columns that had to be merged are no higher for it. The curve goes through what lies away from the target.

import type { TargetAnswer } from "../../../schemas/organisation-api.ts";
import { formatCount } from "./format.ts";
import { writeEdge } from "./organisation-words.ts";

/** The last column has no end; it is drawn as wide as this many fifths of the target. */
const OPEN_FIFTHS = 3;
const FIFTHS = 5;

export interface TargetColumn {
  label: string;
  personWeeks: number;
  /** From 0 to 1, of the picture's width and height. */
  left: number;
  width: number;
  height: number;
  /** The part of it, from its top, that is more than expected. */
  excessHeight: number;
}

export interface TargetPicture {
  columns: TargetColumn[];
  /** Where the target stands, from 0 to 1. */
  target: number;
  /** Points of the smooth curve, from 0 to 1. */
  curve: { x: number; y: number }[];
  /** What the height stands for: person-weeks in a fifth of the target. */
  ticks: { at: number; label: string }[];
  summary: string;
}

export function toTargetPicture({
  columns,
  threshold,
  measure,
  excess_person_weeks,
}: TargetAnswer): TargetPicture {
  const fifth = threshold / FIFTHS;
  const spans = columns.map(({ from, to, person_weeks }) => {
    const fifths = to === null ? OPEN_FIFTHS : (to - from) / fifth;
    return { from, to, person_weeks, fifths, density: person_weeks / fifths };
  });
  const width = spans.reduce((sum, { fifths }) => sum + fifths, 0);
  const step = niceStep(Math.max(1, ...spans.map(({ density }) => density)) * 1.08);
  const maxDensity = step * Math.ceil((Math.max(1, ...spans.map(({ density }) => density)) * 1.08) / step);
  const reached = spans.findIndex(({ from }) => from >= threshold - fifth / 1000);
  let left = 0;
  const drawn = spans.map((span, at): TargetColumn => {
    const column = {
      label: `${writeEdge(measure, span.from)}${span.to === null ? " and more" : ` to ${writeEdge(measure, span.to)}`}`,
      personWeeks: span.person_weeks,
      left: left / width,
      width: span.fifths / width,
      height: span.density / maxDensity,
      excessHeight:
        at === reached ? Math.min(span.density, (excess_person_weeks ?? 0) / span.fifths) / maxDensity : 0,
    };
    left += span.fifths;
    return column;
  });
  return {
    columns: drawn,
    target: drawn[reached]?.left ?? 1,
    curve: toCurve(drawn.filter((_column, at) => columns[at]?.to !== null)),
    ticks: Array.from({ length: Math.round(maxDensity / step) + 1 }, (_, at) => ({
      at: (at * step) / maxDensity,
      label: formatCount(at * step),
    })),
    summary: `${formatCount(columns.reduce((sum, column) => sum + column.person_weeks, 0))} person-weeks in ${columns.length} columns${excess_person_weeks === null ? "." : `; about ${excess_person_weeks} more than expected just above the target.`}`,
  };
}

/** Through the middles of the columns, less what is more than expected. */
function toCurve(columns: readonly TargetColumn[]): TargetPicture["curve"] {
  const points = columns.map(({ left, width, height, excessHeight }) => ({
    x: left + width / 2,
    y: height - excessHeight,
  }));
  return points.map(({ x, y }, at) => {
    const near = [points[at - 1]?.y, y, y, points[at + 1]?.y].filter((value) => value !== undefined);
    return { x, y: near.reduce((sum, value) => sum + value, 0) / near.length };
  });
}

function niceStep(highest: number): number {
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return Math.max(1, power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10));
}

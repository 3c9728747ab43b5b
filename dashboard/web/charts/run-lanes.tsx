// A run's lanes, one under the other on one time axis. Plain rectangles at percentages, so that the drawing is as wide as its place
// without being measured.
//
// Always holds: credited is solid and not credited hatched, a failed tool is hollow, so that colour alone tells nothing; the
// counts stand beside each lane, and the lists under the drawing have all of it in words.

import { useId } from "react";
import type { CostMark, Lane, RunLanes as Lanes } from "../prepare/run-lanes.ts";
import { formatCount } from "../prepare/format.ts";

const CALL_WIDTH_MIN_PX = 3;
const LANE_HEIGHT_PX = 18;
const MARK_HEIGHT_PX = 12;
const COSTS_HEIGHT_PX = 72;

export function RunLanes({ lanes, summary }: { lanes: Lanes; summary: string }) {
  const hatch = useId();
  return (
    <figure className="run-lanes" role="img" aria-label={summary}>
      <svg width="0" height="0" aria-hidden="true" className="visually-hidden">
        <defs>
          <pattern
            id={hatch}
            width="4"
            height="4"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="4" height="4" className="hatch-ground" />
            <line x1="0" y1="0" x2="0" y2="4" className="hatch-line" />
          </pattern>
        </defs>
      </svg>
      {[...lanes.agents, ...lanes.tools].map((lane) => (
        <LaneRow key={lane.name} lane={lane} turns={lanes.turns} hatch={hatch} />
      ))}
      {lanes.dearestUsd !== null && <Costs costs={lanes.costs} turns={lanes.turns} hatch={hatch} />}
      <div className="lane-times" aria-hidden="true">
        {lanes.times.map(({ at, label }) => (
          <span
            key={label}
            style={{ left: `${at * 100}%` }}
            data-edge={at === 0 ? "first" : at === 1 ? "last" : undefined}
          >
            {label}
          </span>
        ))}
      </div>
    </figure>
  );
}

function LaneRow({ lane, turns, hatch }: { lane: Lane; turns: readonly number[]; hatch: string }) {
  return (
    <div className="lane" aria-hidden="true">
      <span className="lane-name">{lane.name}</span>
      <span className="lane-count number">{formatCount(lane.count)}</span>
      <svg width="100%" height={LANE_HEIGHT_PX}>
        <line x1="0" x2="100%" y1="50%" y2="50%" className="lane-line" />
        <TurnLines turns={turns} />
        {lane.marks.map(({ key, at, length, state }) => (
          <svg key={key} x={`${at * 100}%`} overflow="visible">
            <rect
              className="lane-mark"
              data-state={state}
              width={length === 0 ? CALL_WIDTH_MIN_PX : `${length * 100}%`}
              style={{ minWidth: CALL_WIDTH_MIN_PX }}
              y={(LANE_HEIGHT_PX - MARK_HEIGHT_PX) / 2}
              height={MARK_HEIGHT_PX}
              rx="1"
              fill={state === "uncredited" ? `url(#${hatch})` : undefined}
            />
          </svg>
        ))}
      </svg>
    </div>
  );
}

function Costs({
  costs,
  turns,
  hatch,
}: {
  costs: readonly CostMark[];
  turns: readonly number[];
  hatch: string;
}) {
  return (
    <div className="lane" aria-hidden="true">
      <span className="lane-name">Cost by call</span>
      <span className="lane-count" />
      <svg width="100%" height={COSTS_HEIGHT_PX}>
        <line x1="0" x2="100%" y1={COSTS_HEIGHT_PX - 0.5} y2={COSTS_HEIGHT_PX - 0.5} className="lane-line" />
        <TurnLines turns={turns} />
        {costs.map(({ key, at, height, isCredited }) =>
          height === null ? (
            <circle key={key} className="unknown-cost" cx={`${at * 100}%`} cy={COSTS_HEIGHT_PX - 6} r="3" />
          ) : (
            <rect
              key={key}
              className="lane-mark"
              data-state={isCredited ? "credited" : "uncredited"}
              x={`${at * 100}%`}
              width={CALL_WIDTH_MIN_PX}
              y={COSTS_HEIGHT_PX - Math.max(1, height * (COSTS_HEIGHT_PX - 4))}
              height={Math.max(1, height * (COSTS_HEIGHT_PX - 4))}
              fill={isCredited ? undefined : `url(#${hatch})`}
            />
          ),
        )}
      </svg>
    </div>
  );
}

function TurnLines({ turns }: { turns: readonly number[] }) {
  return turns.map((at) => (
    <line key={at} className="turn-line" x1={`${at * 100}%`} x2={`${at * 100}%`} y1="0" y2="100%" />
  ));
}

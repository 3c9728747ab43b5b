// The frames of releases: four whole weeks each, one after the other, none of them overlapping another. Nobody chooses a date, so that no
// two figures can be had whose difference is a day, or a person's first week.
//
// The first release ends with the last week that has ended, and so fixes when all others do. It brings the two before it along.

import { RELEASE_WEEKS, RELEASES_SHOWN_MAX } from "../../../schemas/organisation-api.ts";
import { addDays, toDay, toMonday } from "../../../schemas/working-days.ts";

const FRAME_DAYS = RELEASE_WEEKS * 7;
/** A week has ended for a release when so long has passed since: calls may be recorded late. */
const SETTLING_MS = 24 * 3_600_000;
/** Releases that are made up for where nobody has looked for long; older ones are left out. */
const MISSED_MAX = RELEASES_SHOWN_MAX;

export interface Frame {
  /** A Monday. */
  from: string;
  /** The Monday after it. */
  until: string;
}

export function toFrame(from: string): Frame {
  return { from, until: addDays(from, FRAME_DAYS) };
}

export function frameBefore({ from }: Frame): Frame {
  return toFrame(addDays(from, -FRAME_DAYS));
}

/** The Mondays of its weeks. */
export function weeksOf({ from }: Frame): string[] {
  return Array.from({ length: RELEASE_WEEKS }, (_, at) => addDays(from, 7 * at));
}

/**
 * The frames of which a release is to be made now, oldest first.
 * @param newest first day of the newest release; undefined: there is none yet
 */
export function dueFrames(newest: string | undefined, now: Date, timezone: string): Frame[] {
  const ended = toMonday(toDay(new Date(now.getTime() - SETTLING_MS), timezone));
  const last =
    newest === undefined
      ? addDays(ended, -FRAME_DAYS)
      : addDays(newest, FRAME_DAYS * Math.floor((Date.parse(ended) - Date.parse(newest)) / FRAME_MS - 1));
  const frames: Frame[] = [];
  for (let from = last; frames.length < MISSED_MAX; from = addDays(from, -FRAME_DAYS)) {
    if (newest !== undefined && from <= newest) break;
    frames.unshift(toFrame(from));
  }
  return frames;
}

/** The first day on which the release after this one can be there. */
export function nextReleaseOn(newest: string): string {
  return addDays(newest, 2 * FRAME_DAYS + 1);
}

const FRAME_MS = FRAME_DAYS * 86_400_000;

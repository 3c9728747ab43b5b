// When a cron line is due: five fields in a time zone. Croner reads them and goes through the changes of a zone's clock as cron
// does: what falls into a skipped hour is due right after it, and what falls into a repeated one is due once, unless it is due
// every so often.
//
// Always holds: the same line and zone give the same times, whenever and wherever they are asked for (so no `?`, which stands
// for the moment of asking); no line is due more often than DUE_PER_DAY_MAX times in a row of 24 hours.

import { Cron } from "croner";
import { AppError } from "./app-error.ts";
import { isTimeZone } from "./settings.ts";

/** Every five minutes. What is due more often is no schedule by which a run could be told from any other. */
const DUE_PER_DAY_MAX = 288;

const DAY_MS = 86_400_000;
const FIVE_FIELDS = /^[\w*,/#-]+(\s+[\w*,/#-]+){4}$/;

export interface CronLine {
  cron: string;
  /** IANA. */
  timezone: string;
}

/** @throws AppError `bad_request`, a sentence, when a line can't be read, is never due after `now`, or too often */
export function requireCronLine(line: CronLine, now: Date): void {
  const first = findDue(line, now);
  if (first === null)
    throw new AppError("bad_request", `"${line.cron}" is never due. Check its day and its month.`);
  const end = new Date(first.getTime() + DAY_MS);
  if (listDue(line, first, end).length <= DUE_PER_DAY_MAX) return;
  const message = `"${line.cron}" is due more than ${DUE_PER_DAY_MAX} times in a day. For a program that runs all the time declare the class of its key.`;
  throw new AppError("bad_request", message);
}

/** The first time at `from` or later; null where there is none in the years that croner looks ahead. */
export function findDue(line: CronLine, from: Date): Date | null {
  return toCron(line).nextRun(justBefore(from));
}

/** All times at `from` or later and before `to`, and never more than the limit allows for so many days. */
export function listDue(line: CronLine, from: Date, to: Date): Date[] {
  const cron = toCron(line);
  const timesMax = (Math.ceil((to.getTime() - from.getTime()) / DAY_MS) + 1) * DUE_PER_DAY_MAX;
  const times: Date[] = [];
  let next = cron.nextRun(justBefore(from));
  while (next !== null && next < to && times.length <= timesMax) {
    times.push(next);
    next = cron.nextRun(next);
  }
  return times;
}

/** Croner looks for what comes after a second, and drops the rest of it. */
function justBefore(time: Date): Date {
  return new Date(time.getTime() - 1);
}

function toCron({ cron, timezone }: CronLine): Cron {
  if (!isTimeZone(timezone))
    throw new AppError("bad_request", `"${timezone}" is no time zone. Name one such as "Europe/Berlin".`);
  if (!FIVE_FIELDS.test(cron)) throw unreadable(cron);
  try {
    return new Cron(cron, { timezone, mode: "5-part", paused: true });
  } catch (cause) {
    throw unreadable(cron, cause);
  }
}

function unreadable(cron: string, cause?: unknown): AppError {
  const message = `"${cron}" is no cron line. It takes five fields: minute, hour, day of month, month, day of week, as in "0 3 * * 1-5".`;
  return new AppError("bad_request", message, { cause });
}

// What scripted tactics have in common: a program that starts a run each so many minutes with what somebody wrote once, and the ways
// in which its user hides it. It runs through the office hours of the week, as a timer does; what a run costs follows from what is to
// be spent.

import type { Random } from "../../simulation/random.ts";
import { DAY_MS, HOUR_MS, WEEK_MS } from "../population/calendar.ts";
import { rephrase, writePrompt } from "../population/sketches.ts";
import type { Prompt, VirtualCall, VirtualOutcome, VirtualRun } from "../population/virtual.ts";
import type { Injection } from "./tactic.ts";

const MINUTE_MS = 60_000;
const OFFICE_STARTS_AT_MS = 8 * HOUR_MS;
const OFFICE_DAYS = 5;
const OFFICE_HOURS = 10;
const PULL_REQUEST_AFTER_MS = 5 * HOUR_MS;

export interface Script {
  /** Between two starts, where nothing is hidden. */
  everyMinutes: number;
  /** In US dollars: what a run costs at least. Where the budget does not reach for a week of them, there are fewer. */
  runUsdMin: number;
  promptChars: number;
  client?: VirtualRun["client"];
  /** @param runUsd what this run may cost */
  callsOf(opening: Prompt, runUsd: number, random: Random, name: string): VirtualCall[];
}

/** The person's own runs, and those of the script. */
export function runScript(injection: Injection, script: Script): VirtualRun[] {
  const { own, budgetUsd, stealth, random, name, weekStartMs } = injection;
  const starts = Math.floor((OFFICE_DAYS * OFFICE_HOURS * 60) / script.everyMinutes);
  const count = Math.min(starts, Math.max(1, Math.floor(budgetUsd / script.runUsdMin)));
  const base = writePrompt(injection.script.fork("prompt"), script.promptChars);
  const runs = startsOf(injection, script.everyMinutes, count).map((startsAtMs, at): VirtualRun => {
    const session = `${name}-x${Math.round((startsAtMs - weekStartMs) / 1000)}-${at}`;
    const calls = script.callsOf(
      rephrase(base, stealth.similarity, random),
      budgetUsd / count,
      random,
      session,
    );
    return {
      session: `${session}-${Math.floor(weekStartMs / WEEK_MS)}`,
      startsAtMs,
      client: script.client ?? clientOf(injection.model),
      entrypoint: "headless",
      calls,
      outcomes: launder(at, stealth.launderEvery),
      isInjected: true,
    };
  });
  return stealth.isMixed && own.length > 0 ? mix(own, runs) : [...own, ...runs];
}

export function launder(at: number, every: number): VirtualOutcome[] {
  if (every === 0 || at % every !== 0) return [];
  return [{ afterMs: PULL_REQUEST_AFTER_MS, kind: "pr_merged", isReviewed: true }];
}

export function clientOf(model: string): VirtualRun["client"] {
  return model.startsWith("gpt-") ? "codex" : "claude-code";
}

/** One after the other at the script's period, in office hours or over all hours of the week. */
function startsOf(
  { weekStartMs, stealth, random }: Injection,
  everyMinutes: number,
  count: number,
): number[] {
  const periodMs = everyMinutes * MINUTE_MS;
  const perDay = (OFFICE_HOURS * HOUR_MS) / periodMs;
  return Array.from({ length: count }, (_, at) => {
    const regularMs = stealth.isSpread ? spreadMs(at, count, periodMs) : officeMs(at, perDay, periodMs);
    const jitterMs =
      stealth.jitter === 0 ? random.integer(0, 900) : normal(random) * stealth.jitter * periodMs;
    return Math.round(weekStartMs + Math.min(WEEK_MS - HOUR_MS, Math.max(0, regularMs + jitterMs)));
  });
}

function spreadMs(at: number, count: number, periodMs: number): number {
  return Math.floor((at * WEEK_MS) / count / periodMs) * periodMs;
}

function officeMs(at: number, perDay: number, periodMs: number): number {
  return Math.floor(at / perDay) * DAY_MS + OFFICE_STARTS_AT_MS + (at % perDay) * periodMs;
}

function normal(random: Random): number {
  return Math.log(random.logNormal(1, 1));
}

/** Each injected run goes on where one of the person's own ended. */
function mix(own: readonly VirtualRun[], injected: readonly VirtualRun[]): VirtualRun[] {
  return own.map((run, place) => {
    const added = injected.filter((_run, at) => at % own.length === place);
    let endMs = endOf(run.calls);
    const calls = added.flatMap((each) => {
      const fromMs = endMs + MINUTE_MS;
      endMs = fromMs + endOf(each.calls) + MINUTE_MS;
      return each.calls.map((call) => ({ ...call, afterMs: fromMs + call.afterMs }));
    });
    return {
      ...run,
      calls: [...run.calls, ...calls],
      outcomes: [...run.outcomes, ...added.flatMap(({ outcomes }) => outcomes)],
    };
  });
}

function endOf(calls: readonly VirtualCall[]): number {
  return calls.reduce((end, { afterMs, durationMs }) => Math.max(end, afterMs + durationMs), 0);
}

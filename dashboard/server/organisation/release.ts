// One release: everything that is said of the organisation for a frame of four weeks, made once from what is recorded by then.

import type { Stores } from "../../../schemas/command.ts";
import type { Config } from "../../../schemas/config.ts";
import { OUTCOME_WEIGHTS } from "../../../schemas/method/outcome-weights.ts";
import type { Release } from "../../../schemas/organisation-api.ts";
import { addDays } from "../../../schemas/working-days.ts";
import type { OrganisationScope } from "../access/scope.ts";
import { groupUse } from "../queries/group-use.ts";
import { classPriors, groupValue, type GroupValueRow } from "../queries/group-value.ts";
import { disclose, type Group } from "./disclosure.ts";
import { frameBefore, weeksOf, type Frame } from "./frames.ts";
import { type Everybody, NOBODY, type PutIn, sumOfServices, toCutGroups } from "./groups.ts";
import type { Memberships } from "./memberships.ts";
import {
  type Team,
  toCostGroups,
  toModels,
  toSlices,
  toTeamRows,
  toTotal,
  toUnpriced,
  toUsd,
  toWeeklyUse,
  type Use,
} from "./release-figures.ts";
import { answerTargets } from "./target-answers.ts";

export interface ReleaseContext {
  scope: OrganisationScope;
  config: Pick<Config, "timezone" | "method" | "individualScoring">;
  memberships: Memberships;
  /** Whether there is a release of the frame before, which this one can be held against. */
  hasBefore: boolean;
  now: Date;
}

export async function makeRelease(stores: Stores, frame: Frame, context: ReleaseContext): Promise<Release> {
  const { scope, config, memberships, now } = context;
  const weeks = weeksOf(frame);
  const rules = { weeks, peopleMin: scope, meaningfulMin: config.method.targets.meaningfulCallsMin };
  const everybody = toEverybody(frame, context);
  const [use, value, targets] = await Promise.all([
    readUse(stores, frame, { ...context, everybody }),
    readValue(stores, frame, { ...context, everybody }),
    answerTargets(stores, { scope, method: config.method.targets, frame }),
  ]);
  const groups = toCostGroups(use, everybody);
  const costUsd = toTotal(groups.cost, scope);
  const uncreditedUsd = toTotal(groups.uncredited, scope);
  const services = sumOfServices(
    use.now.filter(({ cut }) => cut === "week"),
    ({ cost_usd }) => [cost_usd],
  );
  return {
    from: frame.from,
    to: addDays(frame.until, -1),
    released_at: now.toISOString(),
    people: everybody.now.size,
    cost_usd: costUsd === null ? null : toUsd(costUsd),
    credited_cost_usd: costUsd === null || uncreditedUsd === null ? null : toUsd(costUsd - uncreditedUsd),
    services_cost_usd: toUsd(services[0] ?? 0),
    ...value,
    weeks: toWeeklyUse(use, everybody, rules),
    models: toModels(use, everybody, rules),
    clients: toSlices(use, everybody, { cut: "client", peopleMin: scope }),
    classes: toSlices(use, everybody, { cut: "class", peopleMin: scope }),
    reasons: toSlices(use, everybody, { cut: "reason", peopleMin: scope }),
    unpriced: toUnpriced(use, everybody, scope),
    teams: toTeamRows(use, toTeams(frame, memberships, context.hasBefore), rules),
    targets,
  };
}

function toEverybody(frame: Frame, { memberships, hasBefore }: ReleaseContext): Everybody {
  return {
    now: new Set(memberships.during(frame).keys()),
    before: hasBefore ? new Set(memberships.during(frameBefore(frame)).keys()) : undefined,
  };
}

async function readUse(
  { clickhouse }: Stores,
  frame: Frame,
  { scope, hasBefore, everybody, now }: ReleaseContext & { everybody: Everybody },
): Promise<Use> {
  const from = hasBefore ? frameBefore(frame).from : frame.from;
  const rows = await clickhouse.query(groupUse, { min_group: scope, from, until: frame.until, now });
  return {
    now: rows.filter((row) => row.week >= frame.from && isOf(row, everybody.now)),
    before: rows.filter((row) => row.week < frame.from && isOf(row, everybody.before)),
  };
}

type Value = Pick<Release, "outcomes" | "pending_outcomes" | "earned_cost_usd" | "yields">;

async function readValue(
  { clickhouse }: Stores,
  frame: Frame,
  { scope, config, hasBefore, everybody, now }: ReleaseContext & { everybody: Everybody },
): Promise<Value> {
  const nothing = { outcomes: null, pending_outcomes: null, earned_cost_usd: null, yields: [] };
  if (config.individualScoring === "off") return nothing;
  const kinds = Object.keys(OUTCOME_WEIGHTS);
  const ask = async (span: Frame): Promise<GroupValueRow[]> =>
    clickhouse.query(groupValue, { min_group: scope, ...span, timezone: config.timezone, kinds, now });
  const [allRows, allBefore, priors] = await Promise.all([
    ask(frame),
    hasBefore ? ask(frameBefore(frame)) : [],
    clickhouse.query(classPriors, { min_group: scope, ...frame }),
  ]);
  const rows = allRows.filter((row) => isOf(row, everybody.now));
  const before = allBefore.filter((row) => isOf(row, everybody.before));
  const groupsOf = (toValue: (row: GroupValueRow) => number): Group[] =>
    toCutGroups({ now: rows.map(ofNoClass), before: before.map(ofNoClass) }, everybody, (row) => [
      toValue(row),
    ]);
  const earned = toTotal(
    groupsOf(({ earned_cost_usd }) => earned_cost_usd),
    scope,
  );
  const byClass = toCutGroups({ now: rows, before }, everybody, (row) => [
    row.judged_outcomes,
    row.expected_outcomes,
  ]);
  const cells = disclose({ groups: byClass, measures: 2 }, scope).cells;
  return {
    outcomes: toTenths(
      toTotal(
        groupsOf(({ outcomes }) => outcomes),
        scope,
      ),
    ),
    pending_outcomes: toTenths(
      toTotal(
        groupsOf(({ pending_outcomes }) => pending_outcomes),
        scope,
      ),
    ),
    earned_cost_usd: earned === null ? null : toUsd(earned),
    yields: cells.flatMap(({ name, values: [outcomes = 0, expected = 0] }) => {
      const prior = priors.find((candidate) => candidate.name === name);
      if (prior === undefined) return [];
      const { prior_shape, prior_rate, coverage } = prior;
      const is_scored = coverage !== null && coverage >= config.method.yield.coverageMin;
      const counts = { outcomes: toTenths(outcomes) ?? 0, expected: toTenths(expected) ?? 0 };
      return [{ name, ...counts, prior_shape, prior_rate, is_scored }];
    }),
  };
}

/** Of whom Assay knows no longer, nothing counts: no total may hold what no group of it does. Services are nobody. */
function isOf({ person_id }: PutIn, people: ReadonlySet<string> | undefined): boolean {
  return person_id === NOBODY || people?.has(person_id) === true;
}

function ofNoClass(row: GroupValueRow): GroupValueRow {
  return { ...row, name: "" };
}

/** Outcomes are shared among runs, so that they need not be whole. */
function toTenths(value: number | null): number | null {
  return value === null ? null : Math.round(Math.max(0, value) * 10) / 10;
}

function toTeams(frame: Frame, memberships: Memberships, hasBefore: boolean): Team[] {
  const now = memberships.during(frame);
  const before = hasBefore ? memberships.during(frameBefore(frame)) : undefined;
  return [...memberships.teams, { teamId: null, name: "" }].map(({ teamId, name }) => ({
    name,
    people: findPeople(now, teamId),
    before: before && findPeople(before, teamId),
  }));
}

function findPeople(teamByPerson: ReadonlyMap<string, string | null>, teamId: string | null): Set<string> {
  return new Set([...teamByPerson].filter(([, team]) => team === teamId).map(([person]) => person));
}

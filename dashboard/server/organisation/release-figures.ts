// The figures of a release, each out of one table of groups: what may not be shown of it is null, or stands together with the others.

import {
  NAMED_MAX,
  SHARE_MAX,
  SHARE_MIN,
  type Release,
  type Share,
} from "../../../schemas/organisation-api.ts";
import type { UncreditedReason } from "../../../schemas/closed-lists.ts";
import type { GroupUseRow } from "../queries/group-use.ts";
import { disclose, type Group, uniteGroups, type Values } from "./disclosure.ts";
import { type Everybody, pick, sumByPerson, toCutGroups } from "./groups.ts";

/** What people used in a frame, and in the one before. */
export interface Use {
  now: readonly GroupUseRow[];
  before: readonly GroupUseRow[];
}

/** People of a team in a frame, and in the one before. `name` is empty for those in no team for all of it. */
export interface Team {
  name: string;
  people: ReadonlySet<string>;
  before: ReadonlySet<string> | undefined;
}

const CENTS_BELOW_USD = 100;

/** Whole dollars, and cents of small sums: a figure needs no more, and tells no more. */
export function toUsd(usd: number): string {
  return Math.max(0, usd).toFixed(usd < CENTS_BELOW_USD ? 2 : 0);
}

export function toShare(part: number, whole: number): Share {
  const share = whole === 0 ? 0 : part / whole;
  if (share < SHARE_MIN) return "under";
  return share > SHARE_MAX ? "over" : Math.round(share * 100) / 100;
}

/** A sum over everybody, or null. */
export function toTotal(groups: readonly Group[], peopleMin: number): number | null {
  return disclose({ groups, measures: 1, namedMax: 0 }, peopleMin).total?.[0] ?? null;
}

type Cut = GroupUseRow["cut"];

function rowsOf(use: Use, cut: Cut): Use {
  const isOfCut = (row: GroupUseRow): boolean => row.cut === cut;
  return { now: use.now.filter(isOfCut), before: use.before.filter(isOfCut) };
}

/** Everybody's cost and what of it is not credited, as one group each. */
export function toCostGroups(use: Use, everybody: Everybody): { cost: Group[]; uncredited: Group[] } {
  const { now, before } = rowsOf(use, "week");
  const all = { now: now.map(withoutName), before: before.map(withoutName) };
  return {
    cost: toCutGroups(all, everybody, ({ cost_usd }) => [cost_usd]),
    uncredited: toCutGroups(all, everybody, ({ uncredited_cost_usd }) => [uncredited_cost_usd]),
  };
}

function withoutName(row: GroupUseRow): GroupUseRow {
  return { ...row, name: "" };
}

/** Cost of each week by model. A model stands for itself only if each of its weeks may be shown. */
export function toModels(
  use: Use,
  everybody: Everybody,
  { weeks, peopleMin }: { weeks: readonly string[]; peopleMin: number },
): Release["models"] {
  const toValues = (row: GroupUseRow): Values => [
    ...weeks.map((week) => (row.week === week ? row.cost_usd : 0)),
    row.tokens,
  ];
  // Weeks of the frame before stand under those of this one, so that a person's change shows in each.
  const { now, before } = rowsOf(use, "model");
  const earlier = [...new Set(before.map(({ week }) => week))].toSorted();
  const moved = before.map((row) => ({ ...row, week: weeks[earlier.indexOf(row.week)] ?? row.week }));
  const groups = toCutGroups({ now, before: moved }, everybody, toValues);
  const table = { groups, measures: weeks.length + 1, namedMax: NAMED_MAX };
  const { total, cells, rest } = disclose(table, peopleMin);
  if (total === undefined) return null;
  const toSeries = (name: string | null, values: Values) => ({
    name,
    weeks_usd: weeks.map((_week, at) => toUsd(values[at] ?? 0)),
    tokens: Math.round(values[weeks.length] ?? 0),
  });
  const costOf = (values: Values): number => values.slice(0, weeks.length).reduce((a, b) => a + b, 0);
  return [
    ...cells
      .toSorted((a, b) => costOf(b.values) - costOf(a.values))
      .map(({ name, values }) => toSeries(name, values)),
    ...(rest === undefined ? [] : [toSeries(null, rest.values)]),
  ];
}

/** Cost by client, or by declared class. */
export function toSlices(
  use: Use,
  everybody: Everybody,
  { cut, peopleMin }: { cut: "client" | "class" | "reason"; peopleMin: number },
): Release["clients"] {
  const rows = rowsOf(use, cut);
  const groups = toCutGroups(rows, everybody, ({ cost_usd }) => [cost_usd]).filter(
    // A call without a reason is credited.
    ({ name }) => cut !== "reason" || name !== ("" satisfies UncreditedReason | ""),
  );
  const { total, cells, rest } = disclose({ groups, measures: 1, namedMax: NAMED_MAX }, peopleMin);
  if (total === undefined) return null;
  return {
    named: cells
      .toSorted((a, b) => (b.values[0] ?? 0) - (a.values[0] ?? 0))
      .map(({ name, values }) => ({ name, cost_usd: toUsd(values[0] ?? 0) })),
    rest_usd: rest === undefined ? null : toUsd(rest.values[0] ?? 0),
  };
}

/** Models that have no price. */
export function toUnpriced(use: Use, everybody: Everybody, peopleMin: number): Release["unpriced"] {
  const groups = toCutGroups(rowsOf(use, "model"), everybody, ({ unpriced_calls }) => [unpriced_calls]);
  const priceless = groups.filter(({ values }) => [...values.values()].some(([calls = 0]) => calls > 0));
  return disclose({ groups: priceless, measures: 1 }, peopleMin).cells.map(({ name, values }) => ({
    name,
    calls: Math.round(values[0] ?? 0),
  }));
}

/** Shares of people with any use, and with meaningful use, by week. */
export function toWeeklyUse(
  use: Use,
  everybody: Everybody,
  { weeks, peopleMin, meaningfulMin }: { weeks: readonly string[]; peopleMin: number; meaningfulMin: number },
): Release["weeks"] {
  const { size } = everybody.now;
  const { now } = rowsOf(use, "week");
  return weeks.map((week) => {
    const rows = now.filter((row) => row.week === week && everybody.now.has(row.person_id));
    if (size < peopleMin) return { week, active_share: null, meaningful_share: null };
    return {
      week,
      active_share: toShare(rows.filter(({ calls }) => calls > 0).length, size),
      meaningful_share: toShare(rows.filter((row) => row.meaningful_calls >= meaningfulMin).length, size),
    };
  });
}

/** Teams by the alphabet; those below the minimum, and people in none for all of the frame, stand together as the last. */
export function toTeamRows(
  use: Use,
  teams: readonly Team[],
  { weeks, peopleMin, meaningfulMin }: { weeks: readonly string[]; peopleMin: number; meaningfulMin: number },
): Release["teams"] {
  const { now, before } = rowsOf(use, "week");
  const toGroups = (toValues: (row: GroupUseRow) => Values): Group[] =>
    uniteSmall(toTeamGroups(teams, sumByPerson(now, toValues), sumByPerson(before, toValues)), peopleMin);
  const cost = disclose({ groups: toGroups(({ cost_usd }) => [cost_usd]), measures: 1 }, peopleMin);
  const uncredited = disclose(
    { groups: toGroups(({ uncredited_cost_usd }) => [uncredited_cost_usd]), measures: 1 },
    peopleMin,
  );
  const heads = toGroups((row) => [0, row.meaningful_calls >= meaningfulMin ? 1 : 0]).map(countHeads);
  const meaningful = disclose({ groups: heads, measures: 1 }, peopleMin);
  const find = ({ cells }: typeof cost, name: string): Values | undefined =>
    cells.find((cell) => cell.name === name)?.values;
  return heads.map(({ name, people }) => {
    const [costUsd] = find(cost, name) ?? [];
    const [uncreditedUsd] = find(uncredited, name) ?? [];
    const [, meaningfulWeeks] = find(meaningful, name) ?? [];
    const isCreditShown = costUsd !== undefined && uncreditedUsd !== undefined;
    return {
      name,
      people: people.size,
      cost_usd: costUsd === undefined ? null : toUsd(costUsd),
      credited_share: isCreditShown ? toShare(costUsd - uncreditedUsd, costUsd) : null,
      meaningful_share:
        meaningfulWeeks === undefined ? null : toShare(meaningfulWeeks, people.size * weeks.length),
    };
  });
}

function toTeamGroups(
  teams: readonly Team[],
  now: ReadonlyMap<string, Values>,
  before: ReadonlyMap<string, Values>,
): Group[] {
  return teams.map((team) => ({
    name: team.name,
    people: team.people,
    values: pick(now, team.people),
    before: team.before && { people: team.before, values: pick(before, team.before) },
  }));
}

function uniteSmall(groups: readonly Group[], peopleMin: number): Group[] {
  const isLarge = ({ name, people }: Group): boolean => name !== "" && people.size >= peopleMin;
  const small = uniteGroups(groups.filter((group) => !isLarge(group)));
  return [...groups.filter(isLarge), ...(small.people.size > 0 ? [small] : [])];
}

/** A share of people is as safe as there are people: each of them is one, whatever they did. */
function countHeads(group: Group): Group {
  return {
    ...group,
    values: toHeads(group),
    before: group.before && {
      people: group.before.people,
      values: toHeads(group.before),
    },
  };
}

function toHeads({ people, values }: Pick<Group, "people" | "values">): Map<string, Values> {
  return new Map([...people].map((person) => [person, [1, values.get(person)?.[1] ?? 0]]));
}

// What the page of the organisation shows of its releases: the newest one, or the last three together. `?range=12w`; the usual
// choice is left out of the address.
//
// Always holds: what one release does not show is not made up from the others: a sum of which a part is not shown is not shown.

import {
  NAMED_MAX,
  RELEASE_WEEKS,
  RELEASES_SHOWN_MAX,
  type Release,
  type Share,
  type TeamRow,
  type YieldRow,
} from "../../../schemas/organisation-api.ts";

const PATH = "/organisation";

export const RANGES = [
  { name: "4w", label: `${RELEASE_WEEKS} weeks`, releases: 1 },
  { name: "12w", label: `${RELEASE_WEEKS * RELEASES_SHOWN_MAX} weeks`, releases: RELEASES_SHOWN_MAX },
] as const;
export type Range = (typeof RANGES)[number];

export function parseRange(search: string): Range {
  const name = new URLSearchParams(search).get("range");
  return RANGES.find((range) => range.name === name) ?? RANGES[0];
}

export function toRangeAddress({ name }: Range): string {
  return name === RANGES[0].name ? PATH : `${PATH}?range=${name}`;
}

export interface Series {
  /** Null: all others together. */
  name: string | null;
  /** By week, oldest first; null: not shown. */
  weeksUsd: (number | null)[];
  totalUsd: number;
  tokens: number | null;
}

export interface SliceView {
  named: { name: string; costUsd: number }[];
  restUsd: number | null;
}

export interface TeamView {
  name: string;
  people: number;
  costUsd: number | null;
  creditedShare: Share | null;
  meaningfulShare: Share | null;
}

export interface OrganisationView {
  from: string;
  to: string;
  people: number;
  costUsd: number | null;
  creditedUsd: number | null;
  servicesUsd: number;
  earnedUsd: number | null;
  outcomes: number | null;
  pendingOutcomes: number | null;
  weeks: Release["weeks"];
  models: Series[] | null;
  clients: SliceView | null;
  classes: SliceView | null;
  reasons: SliceView | null;
  unpriced: { name: string; calls: number }[];
  yields: YieldRow[];
  teams: TeamView[];
  targets: Release["targets"];
}

/** @param releases newest first, at least one */
export function toOrganisationView(releases: readonly [Release, ...Release[]]): OrganisationView {
  const [newest] = releases;
  const oldestFirst = releases.toReversed();
  const total = (of: (release: Release) => string | number | null) => sumShown(releases.map(of));
  return {
    from: oldestFirst[0]?.from ?? newest.from,
    to: newest.to,
    people: newest.people,
    costUsd: total(({ cost_usd }) => cost_usd),
    creditedUsd: total(({ credited_cost_usd }) => credited_cost_usd),
    servicesUsd: total(({ services_cost_usd }) => services_cost_usd) ?? 0,
    earnedUsd: total(({ earned_cost_usd }) => earned_cost_usd),
    outcomes: total(({ outcomes }) => outcomes),
    pendingOutcomes: newest.pending_outcomes,
    weeks: oldestFirst.flatMap(({ weeks }) => weeks),
    models: toSeries(oldestFirst),
    clients: addSlices(releases.map(({ clients }) => clients)),
    classes: addSlices(releases.map(({ classes }) => classes)),
    reasons: addSlices(releases.map(({ reasons }) => reasons)),
    unpriced: newest.unpriced,
    yields: addYields(releases),
    teams: newest.teams.map((team) => addTeam(team, releases)),
    targets: newest.targets,
  };
}

function sumShown(values: readonly (string | number | null)[]): number | null {
  return values.includes(null) ? null : values.reduce<number>((sum, value) => sum + Number(value), 0);
}

/** The models that cost most over all weeks stand for themselves; of a release that does not name one, it is among the others. */
function toSeries(oldestFirst: readonly Release[]): Series[] | null {
  if (oldestFirst.every(({ models }) => models === null)) return null;
  const weeks = oldestFirst.flatMap(({ weeks: own }) => own.length);
  const all = oldestFirst.flatMap(({ models }) => models ?? []);
  const sumOf = (name: string): number =>
    all
      .filter((model) => model.name === name)
      .reduce((sum, { weeks_usd }) => sum + weeks_usd.reduce((total, usd) => total + Number(usd), 0), 0);
  const names = [...new Set(all.flatMap(({ name }) => (name === null ? [] : [name])))]
    .toSorted((a, b) => sumOf(b) - sumOf(a))
    .slice(0, NAMED_MAX);
  const toOne = (name: string | null): Series => {
    const isOf = (model: { name: string | null }): boolean =>
      name === null ? model.name === null || !names.includes(model.name) : model.name === name;
    const weeksUsd = oldestFirst.flatMap(({ models }, at) =>
      Array.from({ length: weeks[at] ?? 0 }, (_, week) =>
        models === null
          ? null
          : models.filter(isOf).reduce((sum, { weeks_usd }) => sum + Number(weeks_usd[week] ?? 0), 0),
      ),
    );
    return {
      name,
      weeksUsd,
      totalUsd: weeksUsd.reduce<number>((sum, usd) => sum + (usd ?? 0), 0),
      tokens: all.filter(isOf).reduce((sum, { tokens }) => sum + tokens, 0),
    };
  };
  return [...names.map(toOne), toOne(null)].filter(({ totalUsd }) => totalUsd > 0);
}

/** A name of which one release shows nothing is among the others of all. */
function addSlices(slices: readonly Release["clients"][]): SliceView | null {
  const shown = slices.filter((slice) => slice !== null);
  if (shown.length < slices.length) return null;
  const [first, ...others] = shown;
  const isNamedByAll = (name: string): boolean =>
    others.every(({ named }) => named.some((slice) => slice.name === name));
  const names = (first?.named ?? []).map(({ name }) => name).filter(isNamedByAll);
  const all = shown.flatMap(({ named }) => named);
  const costOf = (isOf: (name: string) => boolean): number =>
    all.filter(({ name }) => isOf(name)).reduce((sum, { cost_usd }) => sum + Number(cost_usd), 0);
  const rests = shown.flatMap(({ rest_usd }) => (rest_usd === null ? [] : [Number(rest_usd)]));
  const restUsd = costOf((name) => !names.includes(name)) + rests.reduce((sum, usd) => sum + usd, 0);
  return {
    named: names
      .map((name) => ({ name, costUsd: costOf((other) => other === name) }))
      .toSorted((a, b) => b.costUsd - a.costUsd),
    restUsd: restUsd > 0 ? restUsd : null,
  };
}

function addYields(releases: readonly Release[]): YieldRow[] {
  return (releases[0]?.yields ?? []).map((row) => {
    const own = releases.flatMap(({ yields }) => yields.filter(({ name }) => name === row.name));
    return {
      ...row,
      outcomes: own.reduce((sum, { outcomes }) => sum + outcomes, 0),
      expected: own.reduce((sum, { expected }) => sum + expected, 0),
    };
  });
}

/** Shares are of the newest release: weeks of other people can't be added to them. */
function addTeam(team: TeamRow, releases: readonly Release[]): TeamView {
  const own = releases.map(({ teams }) => teams.find(({ name }) => name === team.name));
  return {
    name: team.name,
    people: team.people,
    // Who stands together in the row without a name differs from one release to the next.
    costUsd:
      team.name === "" && releases.length > 1 ? null : sumShown(own.map((row) => row?.cost_usd ?? null)),
    creditedShare: team.credited_share,
    meaningfulShare: team.meaningful_share,
  };
}

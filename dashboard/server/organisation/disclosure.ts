// What of a table of groups may be shown, so that no figure of it, and nothing that figures give when they are added and
// subtracted, is one person's. Pure: it is given what each person put in, and gives back sums.
//
// A cell may be shown if all of this holds (A. Hundepool et al., Statistical Disclosure Control, Wiley 2012, ch. 4):
//   * frequency: so many people belong to it, and so many put something in
//   * dominance: nobody put in more than half, and whoever put in second most can't tell the most to within a quarter (p % rule)
//   * change: of a group that is known from the release before, those who came or went are many, or put in little beside those
//     who stayed (prior-posterior rule: who stayed is taken to be known almost from before)
// A cell that may not be shown is withheld. What is withheld together can be had as the total less what is shown, so that it
// has to obey the same rules as if it were a cell; until it does, one more cell is withheld (complementary suppression).
//
// Always holds: the same table gives the same answer; where not even the total may be shown, nothing is.

/** Of a cell, for one person. Above it, the cell says little but what that person did. */
const DOMINANT_SHARE_MAX = 0.5;
/** What the two largest leave, at least, as a share of the largest: how closely the second can tell the first. */
const UNTOLD_SHARE_MIN = 0.25;
/** What those who came or went put in, at the most, as a share of what those put in who stayed. */
const CHANGED_SHARE_MAX = 0.1;

/** One figure a measure of the table. */
export type Values = readonly number[];

export interface Group {
  name: string;
  /** Everybody who belongs to it, also who put nothing in. */
  people: ReadonlySet<string>;
  /** What each of them put in; who is not there put in nothing. */
  values: ReadonlyMap<string, Values>;
  /** The same as of the release before; undefined where there is none. */
  before?: Pick<Group, "people" | "values"> | undefined;
  /** Put in by nobody: by services. It protects nobody, because it may be known. */
  unowned?: Values | undefined;
}

export interface Table {
  groups: readonly Group[];
  /** How many figures of each cell are decided on. They, and any after them, are shown or withheld together. */
  measures: number;
  /** Groups that are told apart at the most: the largest by their first measure. */
  namedMax?: number;
}

export interface Disclosed {
  /** Undefined: nothing of the table may be shown. */
  total: Values | undefined;
  /** The cells that may be shown, in the table's order. */
  cells: readonly { name: string; people: number; values: Values }[];
  /** All others together; undefined where there are none. */
  rest: { names: readonly string[]; people: number; values: Values } | undefined;
}

/** @param peopleMin of a cell */
export function disclose({ groups, measures, namedMax = Infinity }: Table, peopleMin: number): Disclosed {
  const isSafe = (group: Group): boolean => mayBeShown(group, measures, peopleMin);
  const whole = uniteGroups(groups);
  if (groups.length === 0 || !isSafe(whole)) return { total: undefined, cells: [], rest: undefined };
  const bySize = groups
    .filter(isSafe)
    .toSorted((a, b) => sumOf(b, 0) - sumOf(a, 0) || (a.name < b.name ? -1 : 1));
  const shown = new Set(bySize.slice(0, namedMax));
  let rest = groups.filter((group) => !shown.has(group));
  while (rest.length > 0 && shown.size > 0 && !isSafe(uniteGroups(rest))) {
    const smallest = bySize.findLast((group) => shown.has(group));
    if (smallest !== undefined) shown.delete(smallest);
    rest = groups.filter((group) => !shown.has(group));
  }
  const others = uniteGroups(rest);
  return {
    total: sumsOf(whole),
    cells: groups
      .filter((group) => shown.has(group))
      .map((group) => ({ name: group.name, people: group.people.size, values: sumsOf(group) })),
    rest:
      rest.length === 0
        ? undefined
        : {
            names: rest.map(({ name }) => name),
            people: others.people.size,
            values: sumsOf(others),
          },
  };
}

/** The groups as one. People may be in several of them, as with models. */
export function uniteGroups(groups: readonly Group[]): Group {
  const befores = groups.map(({ before }) => before);
  return {
    name: "",
    ...unite(groups),
    before: befores.includes(undefined) ? undefined : unite(befores.filter((before) => before !== undefined)),
    unowned: groups.reduce<Values>((sum, { unowned = [] }) => addValues(sum, unowned), []),
  };
}

function unite(parts: readonly Pick<Group, "people" | "values">[]): Pick<Group, "people" | "values"> {
  const values = new Map<string, Values>();
  for (const part of parts)
    for (const [person, own] of part.values) values.set(person, addValues(values.get(person) ?? [], own));
  return { people: new Set(parts.flatMap(({ people }) => [...people])), values };
}

function mayBeShown(group: Group, measures: number, peopleMin: number): boolean {
  if (group.people.size < peopleMin) return false;
  return Array.from({ length: measures }, (_, at) => at).every((at) => {
    // What was taken back counts by its size: it tells as much.
    const put = [...group.values.values()]
      .map((values) => Math.abs(values[at] ?? 0))
      .filter((value) => value > 0);
    if (put.length < peopleMin) return false;
    const [largest = 0, second = 0] = put.toSorted((a, b) => b - a);
    const total = put.reduce((sum, value) => sum + value, 0);
    if (largest > total * DOMINANT_SHARE_MAX) return false;
    if (total - largest - second < largest * UNTOLD_SHARE_MIN) return false;
    return !isToldByChange(group, at, peopleMin);
  });
}

function isToldByChange({ people, values, before }: Group, at: number, peopleMin: number): boolean {
  if (before === undefined) return false;
  const came = [...people].filter((person) => !before.people.has(person));
  const went = [...before.people].filter((person) => !people.has(person));
  if (came.length + went.length === 0 || came.length + went.length >= peopleMin) return false;
  const sum = (persons: Iterable<string>, of: ReadonlyMap<string, Values>): number =>
    [...persons].reduce((total, person) => total + Math.abs(of.get(person)?.[at] ?? 0), 0);
  const stayed = sum(people, values) - sum(came, values);
  return sum(came, values) + sum(went, before.values) > stayed * CHANGED_SHARE_MAX;
}

function sumsOf({ values, unowned = [] }: Group): Values {
  return [...values.values()].reduce(addValues, unowned);
}

function sumOf({ values, unowned = [] }: Group, at: number): number {
  return [...values.values()].reduce((sum, own) => sum + (own[at] ?? 0), unowned[at] ?? 0);
}

function addValues(a: Values, b: Values): Values {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => (a[at] ?? 0) + (b[at] ?? 0));
}

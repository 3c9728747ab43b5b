// What people put in, as groups for disclosure.ts: rows of questions to ClickHouse, one a person, week and name, added up by group.

import type { Group, Values } from "./disclosure.ts";

/** The person of services: their calls are nobody's. */
export const NOBODY = "00000000-0000-0000-0000-000000000000";

export interface PutIn {
  person_id: string;
  name: string;
}

/** Who belongs to the organisation, in a frame and in the one before; undefined where nothing was released before. */
export interface Everybody {
  now: ReadonlySet<string>;
  before: ReadonlySet<string> | undefined;
}

/** One group a name, in the order of the alphabet; everybody belongs to each of them, because anybody may have put something in. */
export function toCutGroups<Row extends PutIn>(
  rows: { now: readonly Row[]; before: readonly Row[] },
  everybody: Everybody,
  toValues: (row: Row) => Values,
): Group[] {
  const before = Map.groupBy(rows.before, ({ name }) => name);
  return [...Map.groupBy(rows.now, ({ name }) => name)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, own]) => ({
      name,
      people: everybody.now,
      values: sumByPerson(own, toValues),
      before: everybody.before && {
        people: everybody.before,
        values: sumByPerson(before.get(name) ?? [], toValues),
      },
      unowned: sumOfServices(own, toValues),
    }));
}

/** What each person put in. Services are left out. */
export function sumByPerson<Row extends PutIn>(
  rows: readonly Row[],
  toValues: (row: Row) => Values,
): Map<string, Values> {
  const sums = new Map<string, Values>();
  for (const row of rows) {
    if (row.person_id === NOBODY) continue;
    const values = toValues(row);
    const sum = sums.get(row.person_id);
    sums.set(row.person_id, sum === undefined ? values : values.map((value, at) => value + (sum[at] ?? 0)));
  }
  return sums;
}

export function sumOfServices<Row extends PutIn>(
  rows: readonly Row[],
  toValues: (row: Row) => Values,
): Values {
  return rows
    .filter(({ person_id }) => person_id === NOBODY)
    .map(toValues)
    .reduce<Values>((sum, values) => values.map((value, at) => value + (sum[at] ?? 0)), []);
}

/** Those of some people. */
export function pick(values: ReadonlyMap<string, Values>, people: ReadonlySet<string>): Map<string, Values> {
  return new Map([...values].filter(([person]) => people.has(person)));
}

// Two releases, one after the other, give away nobody who joined or left in between: the solver is given both, and takes it that those
// who stayed spend what they did before, to within a few percent.

import { beforeAll, describe, expect, test } from "vitest";
import { toUsd } from "../../dashboard/server/organisation/release-figures.ts";
import {
  openAttacker,
  type Attacker,
  type Published,
  type Secret,
  type Term,
} from "../services/group-attack.ts";
import { release, written } from "../services/group-releases.ts";
import { createRandom } from "../simulation/random.ts";
import { createSpending, type Spending } from "../simulation/spending.ts";

let attacker: Attacker;
beforeAll(async () => {
  attacker = await openAttacker();
});

describe("who joins and who leaves between two releases", () => {
  const CHANGES = {
    "one joins a team of ten": { teams: { A: 11, B: 14 }, joiners: { A: 1 } },
    "one leaves a team of eleven": { teams: { A: 10, B: 14 }, leavers: { A: 1 } },
    "one joins and one leaves": { teams: { A: 12, B: 12 }, joiners: { A: 1 }, leavers: { A: 1 } },
    "one who spends much joins": { teams: { A: 14, B: 13 }, joiners: { A: 1 }, dominant: { B: 3 } },
  };
  test.each(Object.entries(CHANGES))("%s: two releases do not yield them", (_name, shape) => {
    for (const seed of ["s1", "s2", "s3", "s4"]) {
      const spending = createSpending(createRandom(seed), shape);
      const published = [...publishTwo(spending, { isHeldAgainst: true }), ...driftOf(spending)];
      expect(attacker.attack(published, changedOf(spending), "width"), seed).toEqual([]);
    }
  });

  test("planted: releases that are not held against the one before yield them", () => {
    const found = ["s1", "s2", "s3", "s4"].flatMap((seed) => {
      const spending = createSpending(createRandom(seed), {
        ...CHANGES["one joins a team of ten"],
        drift: 0.003,
      });
      const published = [...publishTwo(spending, { isHeldAgainst: false }), ...driftOf(spending, 0.003)];
      return attacker.attack(published, changedOf(spending), "width");
    });
    expect(found.length).toBeGreaterThan(0);
  });
});

const of = (frame: "now" | "before", id: string): Term => ({
  variable: `${frame}_${id.replaceAll("-", "")}`,
});

/** The teams and the total of two releases, one after the other. */
function publishTwo(spending: Spending, { isHeldAgainst }: { isHeldAgainst: boolean }): Published[] {
  const earlier: Spending = {
    spenders: spending.spenders.map(({ id, team, earlierTeam }) => ({
      id,
      team: earlierTeam,
      earlierTeam: team,
    })),
    now: spending.before,
    before: [],
  };
  return [...publishOne("before", earlier, false), ...publishOne("now", spending, isHeldAgainst)];
}

function publishOne(frame: "now" | "before", one: Spending, isHeld: boolean): Published[] {
  const { teams, total } = release(one, isHeld);
  return [
    ...(total === null ? [] : [written(toTerms(frame, one, undefined), toUsd(total))]),
    ...teams.flatMap(({ name, cost_usd }) =>
      cost_usd === null || name === "" ? [] : [written(toTerms(frame, one, name), cost_usd)],
    ),
  ];
}

/** `name`: of a team; undefined: of all. */
function toTerms(frame: "now" | "before", { spenders }: Spending, name: string | undefined): Term[] {
  return spenders
    .filter(({ team }) => team !== null && (name === undefined || team === name))
    .map(({ id }) => of(frame, id));
}

/** The attacker takes it that those who stayed spend what they did before, to within a few percent. */
function driftOf({ spenders }: Spending, drift = 0.03): Published[] {
  return spenders
    .filter(({ team, earlierTeam }) => team !== null && team === earlierTeam)
    .flatMap(({ id }) => [
      { terms: [of("now", id), { ...of("before", id), factor: drift - 1 }], low: 0, high: 1e9 },
      {
        terms: [
          { ...of("before", id), factor: 1 + drift },
          { ...of("now", id), factor: -1 },
        ],
        low: 0,
        high: 1e9,
      },
    ]);
}

function changedOf({ spenders, now, before }: Spending): Secret[] {
  return spenders
    .filter(({ team, earlierTeam }) => team !== earlierTeam)
    .map(({ id, team }) => ({
      name: id,
      terms: [of(team === null ? "before" : "now", id)],
      value: (team === null ? before : now)
        .filter(({ cut, person_id }) => cut === "week" && person_id === id)
        .reduce((sum, { cost_usd }) => sum + cost_usd, 0),
    }));
}

// What releases say of groups gives nobody's figure away: a linear solver is given every sum that a release publishes, who is in which
// team, which client uses which model, and what the largest other member of the team knows of themselves. A planted weakness
// has to be found by it.

import { beforeAll, describe, expect, test } from "vitest";
import { openAttacker, type Attacker } from "../services/group-attack.ts";
import {
  dominantOf,
  everybody,
  isShownAlone,
  ofTeam,
  publish,
  release,
  secretsOf,
  toTeams,
} from "../services/group-releases.ts";
import { createRandom } from "../simulation/random.ts";
import { createSpending } from "../simulation/spending.ts";

let attacker: Attacker;
beforeAll(async () => {
  attacker = await openAttacker();
});

const SHAPES = {
  "a team of nine beside teams of ten and more": { teams: { A: 9, B: 10, C: 12 } },
  "one who spends most of a team": { teams: { A: 11, B: 12, C: 13 }, dominant: { A: 40 } },
  "two teams with one who spends most": { teams: { A: 10, B: 12, C: 14 }, dominant: { A: 30, B: 60 } },
  "nine and a few beside one large team": { teams: { A: 9, B: 4, C: 24 }, dominant: { C: 15 } },
  "one who spends most of everything": { teams: { A: 10, B: 11 }, dominant: { A: 400 } },
};

describe.each(Object.entries(SHAPES))("%s", (_name, shape) => {
  test.each(["s1", "s2", "s3"])("seed %s: no release yields what one person spent", (seed) => {
    const spending = createSpending(createRandom(seed), shape);
    expect(attacker.attack(publish(spending), secretsOf(spending), "upper end")).toEqual([]);
  });
});

test("at least something of an ordinary organisation is shown, so that the solver had something to go by", () => {
  const spending = createSpending(createRandom("s1"), { teams: { A: 20, B: 22, C: 18, D: 9 } });
  const { teams, total, models } = release(spending);
  expect(teams.filter(({ cost_usd }) => cost_usd !== null).length).toBeGreaterThan(1);
  expect(total).not.toBeNull();
  expect(models?.length).toBeGreaterThan(2);
});

test("planted: with groups of one allowed and no dominance in the way, the solver finds people's figures", () => {
  const spending = createSpending(createRandom("s1"), { teams: { A: 1, B: 12, C: 13 } });
  const published = [everybody(spending), ...["A", "B", "C"].map((team) => ofTeam(spending, team))];
  const yielded = attacker.attack(published, secretsOf(spending), "width");
  expect(yielded.length).toBeGreaterThan(0);
});

test("planted: one withheld team without a second is the total less the others, and the solver finds its dominant member", () => {
  const spending = createSpending(createRandom("s2"), {
    teams: { A: 11, B: 12, C: 13 },
    dominant: { A: 400 },
  });
  const alone = toTeams(spending).filter(({ name }) => isShownAlone(spending, name));
  expect(alone.map(({ name }) => name)).toEqual(["B", "C"]);
  const published = [everybody(spending), ...alone.map(({ name }) => ofTeam(spending, name))];
  const most = secretsOf(spending).filter(({ name }) => name === dominantOf(spending, "A"));
  expect(attacker.attack(published, most, "upper end").map(({ name }) => name)).toEqual([
    dominantOf(spending, "A"),
  ]);
});

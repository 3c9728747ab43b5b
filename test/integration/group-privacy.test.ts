// What releases say of groups gives nobody's figure away: a linear solver is given every sum that a release publishes, who is in which
// team, which client uses which model, and what the largest other member of the team knows of themselves. A planted weakness
// has to be found by it.

import { beforeAll, describe, expect, test } from "vitest";
import { disclose } from "../../dashboard/server/organisation/disclosure.ts";
import {
  toCostGroups,
  toModels,
  toSlices,
  toTeamRows,
  toTotal,
  toUsd,
  type Team,
} from "../../dashboard/server/organisation/release-figures.ts";
import {
  openAttacker,
  type Attacker,
  type Published,
  type Secret,
  type Term,
} from "../services/group-attack.ts";
import { createRandom } from "../simulation/random.ts";
import {
  CLIENT_OF,
  createSpending,
  SPENDING_MODELS,
  SPENDING_WEEKS,
  type Spending,
} from "../simulation/spending.ts";

const PEOPLE_MIN = 10;
const RULES = { weeks: SPENDING_WEEKS, peopleMin: PEOPLE_MIN, meaningfulMin: 3 };

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

function toTeams({ spenders }: Spending, isHeldAgainst = true): Team[] {
  const names = new Set(spenders.flatMap(({ team, earlierTeam }) => [team, earlierTeam]));
  return [...names].toSorted().map((name) => ({
    name: name ?? "",
    people: new Set(spenders.filter(({ team }) => team === name && team !== null).map(({ id }) => id)),
    before: isHeldAgainst
      ? new Set(
          spenders.filter(({ earlierTeam }) => earlierTeam === name && name !== null).map(({ id }) => id),
        )
      : undefined,
  }));
}

function release(spending: Spending, isHeldAgainst = false) {
  const use = { now: spending.now, before: isHeldAgainst ? spending.before : [] };
  const everyone = {
    now: new Set(spending.spenders.filter(({ team }) => team !== null).map(({ id }) => id)),
    before: isHeldAgainst
      ? new Set(spending.spenders.filter(({ earlierTeam }) => earlierTeam !== null).map(({ id }) => id))
      : undefined,
  };
  const groups = toCostGroups(use, everyone);
  return {
    teams: toTeamRows(use, toTeams(spending, isHeldAgainst), RULES),
    total: toTotal(groups.cost, PEOPLE_MIN),
    models: toModels(use, everyone, RULES),
    clients: toSlices(use, everyone, { cut: "client", peopleMin: PEOPLE_MIN }),
  };
}

/** What a person spent in a week with a model. */
const variable = (id: string, week: string, model: string): string =>
  `x_${id.replaceAll("-", "")}_${SPENDING_WEEKS.findIndex((each) => each === week)}_${model}`;

function cellsOf(
  ids: readonly string[],
  models: readonly string[],
  weeks: readonly string[] = SPENDING_WEEKS,
): Term[] {
  return ids.flatMap((id) =>
    weeks.flatMap((week) => models.map((model) => ({ variable: variable(id, week, model) }))),
  );
}

/** A figure as it is written tells that the true one is within half of its last digit. */
function written(terms: readonly Term[], usd: string): Published {
  const half = usd.includes(".") ? 0.005 : 0.5;
  return { terms, low: Math.max(0, Number(usd) - half), high: Number(usd) + half };
}

function publish(spending: Spending): Published[] {
  const { teams, total, models, clients } = release(spending);
  const all = spending.spenders.filter(({ team }) => team !== null);
  const ids = all.map(({ id }) => id);
  const named = new Set(teams.map(({ name }) => name));
  const idsOf = (name: string): string[] =>
    all.filter(({ team }) => (name === "" ? !named.has(team ?? "") : team === name)).map(({ id }) => id);
  const namedModels = (models ?? []).flatMap(({ name }) => name ?? []);
  const modelsOf = (name: string | null): string[] =>
    name === null ? SPENDING_MODELS.filter((model) => !namedModels.includes(model)) : [name];
  const clientNames = clients?.named.map(({ name }) => name) ?? [];
  const modelsOfClients = (isOf: (client: string) => boolean): string[] =>
    SPENDING_MODELS.filter((model) => isOf(CLIENT_OF[model] ?? ""));
  return [
    ...(total === null ? [] : [written(cellsOf(ids, SPENDING_MODELS), toUsd(total))]),
    ...teams.flatMap(({ name, cost_usd }) =>
      cost_usd === null ? [] : [written(cellsOf(idsOf(name), SPENDING_MODELS), cost_usd)],
    ),
    ...(models ?? []).flatMap(({ name, weeks_usd }) =>
      weeks_usd.map((usd, at) => written(cellsOf(ids, modelsOf(name), [SPENDING_WEEKS[at] ?? ""]), usd)),
    ),
    ...(clients?.named ?? []).map(({ name, cost_usd }) =>
      written(
        cellsOf(
          ids,
          modelsOfClients((client) => client === name),
        ),
        cost_usd,
      ),
    ),
    ...(clients?.rest_usd == null
      ? []
      : [
          written(
            cellsOf(
              ids,
              modelsOfClients((client) => !clientNames.includes(client)),
            ),
            clients.rest_usd,
          ),
        ]),
  ];
}

function spentBy({ now }: Spending, id: string): number {
  return now
    .filter(({ cut, person_id }) => cut === "week" && person_id === id)
    .reduce((sum, { cost_usd }) => sum + cost_usd, 0);
}

/** The three of each team who spent most, each as the one of them who spent most besides sees it. */
function secretsOf(spending: Spending): Secret[] {
  const byTeam = Map.groupBy(
    spending.spenders.filter(({ team }) => team !== null),
    ({ team }) => team,
  );
  return [...byTeam.values()].flatMap((members) => {
    const sorted = members.toSorted((a, b) => spentBy(spending, b.id) - spentBy(spending, a.id)).slice(0, 3);
    return sorted.map(({ id }) => {
      const other = sorted.find((each) => each.id !== id);
      const own = other === undefined ? 0 : spentBy(spending, other.id);
      return {
        name: id,
        terms: cellsOf([id], SPENDING_MODELS),
        value: spentBy(spending, id),
        known:
          other === undefined
            ? []
            : [{ terms: cellsOf([other.id], SPENDING_MODELS), low: own * 0.999, high: own * 1.001 }],
      };
    });
  });
}

function dominantOf(spending: Spending, team: string): string {
  const ids = spending.spenders.filter((each) => each.team === team).map(({ id }) => id);
  return ids.toSorted((a, b) => spentBy(spending, b) - spentBy(spending, a))[0] ?? "";
}

function ofTeam(spending: Spending, team: string): Published {
  const ids = spending.spenders.filter((each) => each.team === team).map(({ id }) => id);
  const usd = ids.reduce((sum, id) => sum + spentBy(spending, id), 0);
  return written(cellsOf(ids, SPENDING_MODELS), toUsd(usd));
}

function everybody(spending: Spending): Published {
  const ids = spending.spenders.filter(({ team }) => team !== null).map(({ id }) => id);
  const usd = ids.reduce((sum, id) => sum + spentBy(spending, id), 0);
  return written(cellsOf(ids, SPENDING_MODELS), toUsd(usd));
}

function isShownAlone(spending: Spending, team: string): boolean {
  const members = spending.spenders.filter((each) => each.team === team);
  const values = new Map(members.map(({ id }) => [id, [spentBy(spending, id)]]));
  const group = { name: team, people: new Set(values.keys()), values };
  return disclose({ groups: [group], measures: 1 }, PEOPLE_MIN).total !== undefined;
}

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
  const toTerms = (frame: "now" | "before", { spenders }: Spending, name: string | undefined): Term[] =>
    spenders
      .filter(({ team }) => team !== null && (name === undefined || team === name))
      .map(({ id }) => of(frame, id));
  const publishOne = (frame: "now" | "before", one: Spending, isHeld: boolean): Published[] => {
    const { teams, total } = release(one, isHeld);
    return [
      ...(total === null ? [] : [written(toTerms(frame, one, undefined), toUsd(total))]),
      ...teams.flatMap(({ name, cost_usd }) =>
        cost_usd === null || name === "" ? [] : [written(toTerms(frame, one, name), cost_usd)],
      ),
    ];
  };
  return [...publishOne("before", earlier, false), ...publishOne("now", spending, isHeldAgainst)];
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

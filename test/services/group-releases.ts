// What releases of a small organisation publish, as sums over what each person spent, and what an attacker may want to know of it.

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
import { CLIENT_OF, SPENDING_MODELS, SPENDING_WEEKS, type Spending } from "../simulation/spending.ts";
import type { Published, Secret, Term } from "./group-attack.ts";

const PEOPLE_MIN = 10;
const RULES = { weeks: SPENDING_WEEKS, peopleMin: PEOPLE_MIN, meaningfulMin: 3 };

export function toTeams({ spenders }: Spending, isHeldAgainst = true): Team[] {
  const names = new Set(spenders.flatMap(({ team, earlierTeam }) => [team ?? "", earlierTeam ?? ""]));
  return [...names].map((name) => ({
    name,
    people: new Set(spenders.filter(({ team }) => team !== null && team === name).map(({ id }) => id)),
    before: isHeldAgainst
      ? new Set(
          spenders
            .filter(({ earlierTeam }) => earlierTeam !== null && earlierTeam === name)
            .map(({ id }) => id),
        )
      : undefined,
  }));
}

export function release(spending: Spending, isHeldAgainst = false) {
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
export function written(terms: readonly Term[], usd: string): Published {
  const half = usd.includes(".") ? 0.005 : 0.5;
  return { terms, low: Math.max(0, Number(usd) - half), high: Number(usd) + half };
}

export function publish(spending: Spending): Published[] {
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

function modelsOfClients(isOf: (client: string) => boolean): string[] {
  return SPENDING_MODELS.filter((model) => isOf(CLIENT_OF[model] ?? ""));
}

function spentBy({ now }: Spending, id: string): number {
  return now
    .filter(({ cut, person_id }) => cut === "week" && person_id === id)
    .reduce((sum, { cost_usd }) => sum + cost_usd, 0);
}

/** The three of each team who spent most, each as the one of them who spent most besides sees it. */
export function secretsOf(spending: Spending): Secret[] {
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

export function dominantOf(spending: Spending, team: string): string {
  const ids = spending.spenders.filter((each) => each.team === team).map(({ id }) => id);
  return ids.toSorted((a, b) => spentBy(spending, b) - spentBy(spending, a))[0] ?? "";
}

export function ofTeam(spending: Spending, team: string): Published {
  const ids = spending.spenders.filter((each) => each.team === team).map(({ id }) => id);
  const usd = ids.reduce((sum, id) => sum + spentBy(spending, id), 0);
  return written(cellsOf(ids, SPENDING_MODELS), toUsd(usd));
}

export function everybody(spending: Spending): Published {
  const ids = spending.spenders.filter(({ team }) => team !== null).map(({ id }) => id);
  const usd = ids.reduce((sum, id) => sum + spentBy(spending, id), 0);
  return written(cellsOf(ids, SPENDING_MODELS), toUsd(usd));
}

export function isShownAlone(spending: Spending, team: string): boolean {
  const members = spending.spenders.filter((each) => each.team === team);
  const values = new Map(members.map(({ id }) => [id, [spentBy(spending, id)]]));
  const group = { name: team, people: new Set(values.keys()), values };
  return disclose({ groups: [group], measures: 1 }, PEOPLE_MIN).total !== undefined;
}

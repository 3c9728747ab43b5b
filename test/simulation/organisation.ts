// The simulated organisation: people with neutral names in teams, their managers, one owner, and the services.

import assert from "node:assert/strict";
import { createRandom, type Random } from "./random.ts";
import { HABITS, SERVICES, type Habit, type ServiceRates } from "./rates.ts";

export const PEOPLE = 60;
const TEAMS = ["Team A", "Team B", "Team C", "Team D", "Team E", "Team F"] as const;

/** The others are managers, or nothing more than themselves. */
const ROLES_BY_INDEX: ReadonlyMap<number, "owner" | "officer" | "operator"> = new Map([
  [0, "owner"],
  [TEAMS.length + 1, "officer"],
  [TEAMS.length + 2, "operator"],
]);

export interface SimulatedPerson {
  email: string;
  name: string;
  /** None for the owner. */
  team: string;
  managerEmail: string;
  role: "owner" | "manager" | "officer" | "operator" | "self";
  habit: Habit;
  random: Random;
}

export interface SimulatedService {
  rates: ServiceRates;
  keyId: string;
  random: Random;
}

export interface Organisation {
  people: readonly SimulatedPerson[];
  services: readonly SimulatedService[];
  random: Random;
}

export interface OrganisationOptions {
  /** Whatever it is, the same one gives the same organisation and history. */
  seed: string;
  /** 20 or more, so that every habit occurs. */
  people?: number;
}

export function createOrganisation({ seed, people = PEOPLE }: OrganisationOptions): Organisation {
  const random = createRandom(seed);
  const habits = dealHabits(people);
  return {
    random,
    people: habits.map((habit, index) => createPerson(random, habit, index)),
    services: SERVICES.map((rates) => {
      const own = random.fork(rates.name);
      return { rates, keyId: own.uuid(Date.UTC(2026, 0, 1)), random: own };
    }),
  };
}

/** For `assay people import`. */
export function toPeopleCsv({ people }: Organisation): string {
  const lines = people.map(({ email, name, team, managerEmail, role }) =>
    [email, name, team, managerEmail, role].join(","),
  );
  return `${["email,name,team,manager_email,role", ...lines].join("\n")}\n`;
}

/** The person whose pages have the most to show. */
export function findShowcase({ people }: Organisation): SimulatedPerson {
  const found = people.find(({ habit }) => habit.name === "allrounder");
  assert(found !== undefined, "an organisation this small has not everybody");
  return found;
}

/** The owner is the first, the managers are the next; the others are dealt out over the teams. */
function createPerson(random: Random, habit: Habit, index: number): SimulatedPerson {
  const team = TEAMS[(index - 1) % TEAMS.length];
  const isManager = index >= 1 && index <= TEAMS.length;
  return {
    email: toEmail(index),
    name: `Person ${index + 1}`,
    team: index === 0 || team === undefined ? "" : team,
    managerEmail: index === 0 ? "" : toEmail(isManager ? 0 : 1 + ((index - 1) % TEAMS.length)),
    role: ROLES_BY_INDEX.get(index) ?? (isManager ? "manager" : "self"),
    habit,
    random: random.fork(toEmail(index)),
  };
}

function toEmail(index: number): string {
  return `person${index + 1}@example.com`;
}

/** One of each habit in turn, so that a small organisation has them all; the leads first. */
function dealHabits(people: number): Habit[] {
  const [lead, ...others] = HABITS;
  assert(lead !== undefined);
  const dealt = Array.from({ length: lead.people }, () => lead);
  const left = others.map((habit) => ({
    habit,
    people: Math.max(1, Math.round((habit.people * people) / PEOPLE)),
  }));
  while (dealt.length < people) {
    for (const each of left) if (each.people-- > 0) dealt.push(each.habit);
    // Rounding may leave some over.
    if (left.every((each) => each.people <= 0)) for (const each of left) each.people = 1;
  }
  return dealt.slice(0, people);
}

// How much of everything there is in the simulated organisation: who works how, which services run, what a tactic adds. Its
// volume is decided here; `call-rates.ts` has what a single call is like. About 105,000 calls in 8 weeks for 60 people, in the
// proportions of what is known of real ones: a developer who lives with a coding agent spends about $13 a day and most people
// far less, cache reads are most of the tokens, work is done on working days, and the same task may take twice as much.

import type { WorkloadClass } from "../../schemas/closed-lists.ts";
import type { Spread } from "./call-rates.ts";
import type { ClientName } from "./clients.ts";
import type { Weighted } from "./random.ts";

export interface Habit {
  name: string;
  /** Of an organisation of 60; larger and smaller ones have the same shares. */
  people: number;
  /** Share of working days on which there is any use. */
  activeDays: number;
  /** Sessions on such a day, at least and at most. */
  sessions: readonly [number, number];
  /** Things that the person asks for in a session, and calls that each of them takes. */
  turns: Spread;
  rounds: Spread;
  clients: Weighted<ClientName>;
  /** Declared by header; null declares nothing, as most people do. */
  workloadClass: WorkloadClass | null;
  /** What goes on beside the work, in `tactics.ts`. */
  tactic?: "heartbeat" | "replay" | "schedule" | "noOp" | "padding";
}

const CODING = [
  ["claude-code", 6],
  ["codex", 3],
  ["gemini-cli", 1],
] as const;

/** Ordinary work, beside which there is a tactic. */
const WORK = {
  activeDays: 0.85,
  sessions: [1, 2],
  turns: [3, 0.6],
  rounds: [3, 0.6],
  clients: [["claude-code", 1]],
  workloadClass: null,
} as const;

export const HABITS: readonly Habit[] = [
  /** The owner and the managers: a little, now and then. */
  {
    name: "lead",
    people: 7,
    activeDays: 0.5,
    sessions: [1, 1],
    turns: [3, 0.6],
    rounds: [2, 0.5],
    clients: [
      ["claude-code", 2],
      ["openai-sdk", 1],
    ],
    workloadClass: null,
  },
  /** The person whom the demo shows: every client, every kind of call. */
  {
    name: "allrounder",
    people: 1,
    activeDays: 0.97,
    sessions: [3, 5],
    turns: [4, 0.6],
    rounds: [4, 0.7],
    clients: [
      ["claude-code", 6],
      ["codex", 4],
      ["gemini-cli", 2],
      ["openai-sdk", 2],
      ["in-house", 1],
    ],
    workloadClass: null,
  },
  /** Most developers. */
  {
    name: "regular",
    people: 23,
    activeDays: 0.85,
    sessions: [1, 3],
    turns: [3, 0.6],
    rounds: [4, 0.7],
    clients: CODING,
    workloadClass: null,
  },
  /** Learning to use an agent: many short questions, few tool calls. */
  {
    name: "newcomer",
    people: 11,
    activeDays: 0.45,
    sessions: [1, 2],
    turns: [4, 0.6],
    rounds: [2, 0.5],
    clients: [
      ["gemini-cli", 3],
      ["claude-code", 3],
      ["openai-sdk", 1],
    ],
    workloadClass: "interactive",
  },
  /** Large and honest: long sessions, large refactorings, sub-agents. */
  {
    name: "heavy",
    people: 6,
    activeDays: 0.95,
    sessions: [2, 4],
    turns: [5, 0.6],
    rounds: [6, 0.6],
    clients: [
      ["claude-code", 5],
      ["codex", 4],
    ],
    workloadClass: null,
  },
  /** Prototypes that are thrown away, and says so. */
  {
    name: "explorer",
    people: 2,
    activeDays: 0.8,
    sessions: [1, 4],
    turns: [4, 0.7],
    rounds: [5, 0.7],
    clients: [
      ["codex", 3],
      ["in-house", 2],
    ],
    workloadClass: "exploration",
  },
  /** Shows others how it is done: the same questions again and again. */
  {
    name: "teacher",
    people: 2,
    activeDays: 0.5,
    sessions: [2, 4],
    turns: [3, 0.4],
    rounds: [2, 0.4],
    clients: [
      ["claude-code", 1],
      ["openai-sdk", 1],
    ],
    workloadClass: "teaching",
  },
  /** Runs test sets by hand. */
  {
    name: "evaluator",
    people: 2,
    activeDays: 0.4,
    sessions: [1, 2],
    turns: [25, 0.4],
    rounds: [1, 0.1],
    clients: [
      ["anthropic-sdk", 3],
      ["in-house", 2],
    ],
    workloadClass: "evaluation",
  },
  /** A personal assistant runs on their machine, with the heartbeats that its defaults bring. */
  {
    name: "assisted",
    people: 2,
    activeDays: 0.8,
    sessions: [1, 2],
    turns: [3, 0.6],
    rounds: [4, 0.6],
    clients: CODING,
    workloadClass: null,
    tactic: "heartbeat",
  },
  /** They inflate: one person for each tactic. */
  { name: "replaying", people: 1, ...WORK, tactic: "replay" },
  { name: "scheduling", people: 1, ...WORK, tactic: "schedule" },
  { name: "idling", people: 1, ...WORK, tactic: "noOp" },
  { name: "padding", people: 1, ...WORK, tactic: "padding" },
];

/** What the tactics add, on working days. */
export const TACTICS = {
  /** The same prompt in a new session, again and again. */
  replay: { runs: [6, 10], turns: 1, rounds: 8 },
  /** A timer starts the same run every so many minutes, for so many hours, also at weekends. */
  schedule: { everyMinutes: 15, hours: 9, rounds: 2, jitterMs: 4000 },
  /** Runs that read much, do nothing, and whose answer nobody reads. */
  noOp: { runs: [10, 16], contextTokens: 60_000, answerTokens: 40 },
  /** Tokens of pasted filler in each prompt of otherwise ordinary work. */
  padding: { promptTokens: 24_000 },
} as const;

/** OpenClaw's defaults: a whole turn of the agent each half hour, day and night. */
export const HEARTBEAT = { everyMinutes: 30, answerTokens: 12 } as const;

export interface ServiceRates {
  name: string;
  workloadClass: WorkloadClass;
  clients: Weighted<ClientName>;
  /** Days of the week, Sunday is 0. */
  days: readonly number[];
  /** Runs on such a day, at least and at most; hours in UTC from and to. */
  runs: readonly [number, number];
  hours: readonly [number, number];
  /** Calls of a run, one after the other. */
  rounds: Spread;
  promptTokens: Spread;
  answerTokens: Spread;
  /** Looks texts up by embedding before it asks. */
  embeds?: boolean;
}

const WORKING = [1, 2, 3, 4, 5] as const;
const DAILY = [0, 1, 2, 3, 4, 5, 6] as const;

/** Software that calls models with a key of its own. Nobody's volume. */
export const SERVICES: readonly ServiceRates[] = [
  {
    name: "nightly-summaries",
    workloadClass: "batch",
    clients: [["openai-sdk", 1]],
    days: DAILY,
    runs: [60, 100],
    hours: [1, 4],
    rounds: [1, 0],
    promptTokens: [4000, 0.7],
    answerTokens: [350, 0.4],
  },
  {
    name: "code-review",
    workloadClass: "ci",
    clients: [["claude-code", 1]],
    days: WORKING,
    runs: [10, 22],
    hours: [7, 19],
    rounds: [5, 0.6],
    promptTokens: [6000, 0.8],
    answerTokens: [500, 0.6],
  },
  {
    name: "help-search",
    workloadClass: "retrieval",
    clients: [
      ["anthropic-sdk", 3],
      ["in-house", 1],
    ],
    days: DAILY,
    runs: [40, 90],
    hours: [6, 21],
    rounds: [1, 0],
    promptTokens: [5500, 0.3],
    answerTokens: [280, 0.5],
    embeds: true,
  },
  {
    name: "weekly-evaluation",
    workloadClass: "evaluation",
    clients: [
      ["in-house", 2],
      ["openai-sdk", 1],
    ],
    days: [4],
    runs: [220, 260],
    hours: [18, 22],
    rounds: [1, 0],
    promptTokens: [1200, 0.6],
    answerTokens: [400, 0.7],
  },
  {
    name: "report-mailer",
    workloadClass: "scheduled",
    clients: [["openai-sdk", 1]],
    days: WORKING,
    runs: [6, 6],
    hours: [5, 6],
    rounds: [2, 0],
    promptTokens: [9000, 0.3],
    answerTokens: [900, 0.3],
  },
];

/** The year of the organisation. */
export const CALENDAR = {
  weeks: 8,
  /** Public holidays in these weeks, and days off that a person takes in a row. */
  holidays: 2,
  daysOff: 4,
  /** Share of ordinary use on days off work, the hours at which a working day begins, in UTC, and how long it is. */
  weekendUse: 0.06,
  startHour: [7, 10],
  workingHours: 8,
  /** Times when one provider fails most calls. */
  outages: 2,
  outageHours: 2,
} as const;

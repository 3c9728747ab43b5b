// Which faults strike when, drawn from a seed: the same seed and options give the same plan, on every machine.
//
// Kinds come from a shuffled deck, so that each has its turn before any has its second. Faults may overlap, but never two on one
// subject: what has just been killed can't be paused, and while a spool can't be written nothing else befalls its gateway, so that
// what this gateway says it lost can be read from it.

import type { Random } from "../simulation/random.ts";

export type NetworkAction = "cut" | "hold" | "delay" | "reset" | "swallow";
export type Action = "kill" | "pause" | "fill" | NetworkAction;

export type SubjectKind =
  | "worker"
  | "gateway"
  | "shipper"
  | "sink"
  | "analyze"
  | "broker"
  | "Kafka"
  | "ClickHouse"
  | "Postgres";

export interface FaultKind {
  action: Action;
  subject: SubjectKind;
  /** How long it lasts: shortest and longest. */
  secondsMin: number;
  secondsMax: number;
}

export interface PlannedFault {
  /** `pause broker` */
  name: string;
  action: Action;
  subject: SubjectKind;
  /** Which of its kind, from 1. */
  number: number;
  /** From the beginning of the load. */
  atMs: number;
  forMs: number;
}

function lasting(
  secondsMin: number,
  secondsMax: number,
  subject: SubjectKind,
  ...actions: Action[]
): FaultKind[] {
  return actions.map((action) => ({ action, subject, secondsMin, secondsMax }));
}

/**
 * kill: SIGKILL, and a new process after a while; workers and shippers are started again by their gateway.
 * pause: SIGSTOP, then SIGCONT. cut: connections are reset and new ones refused. hold: bytes are taken and not passed on. delay:
 * answers come late. reset: all connections break once. swallow: what is asked is done, and its answers are lost. fill: no file of
 * the gateway's workers may grow, as on a full disk.
 */
export const FAULT_KINDS: readonly FaultKind[] = [
  ...lasting(1, 1, "worker", "kill"),
  ...lasting(2, 8, "worker", "pause"),
  ...lasting(3, 8, "worker", "fill"),
  ...lasting(1, 10, "gateway", "kill"),
  ...lasting(1, 1, "shipper", "kill"),
  ...lasting(2, 15, "shipper", "pause"),
  ...lasting(1, 15, "sink", "kill", "pause"),
  ...lasting(1, 10, "analyze", "kill", "pause"),
  ...lasting(2, 15, "broker", "kill", "pause", "cut", "hold", "delay"),
  ...lasting(2, 10, "Kafka", "swallow", "cut"),
  ...lasting(0, 0, "Kafka", "reset"),
  ...lasting(2, 20, "ClickHouse", "kill", "pause", "cut", "hold", "delay"),
  ...lasting(2, 10, "ClickHouse", "swallow"),
  ...lasting(0, 0, "ClickHouse", "reset"),
  ...lasting(2, 15, "Postgres", "kill", "pause", "cut", "hold", "delay"),
  ...lasting(2, 10, "Postgres", "swallow"),
  ...lasting(0, 0, "Postgres", "reset"),
];

/** How many there are of each; one where nothing is said. */
export type SubjectCounts = Partial<Record<SubjectKind, number>>;

export interface PlanOptions {
  kinds: readonly FaultKind[];
  counts: SubjectCounts;
  /** The first fault comes after `calmMs`, and all are over by `durationMs`. */
  durationMs: number;
  calmMs: number;
  /** Between the beginnings of two faults: shortest and longest. */
  gapMs: readonly [number, number];
}

/** For a process to come back after a fault, before the next one strikes it. */
const COME_BACK_MS = 8000;
const DRAWS_MAX = 100_000;

/** In the order of their beginnings. */
export function planFaults(random: Random, options: PlanOptions): PlannedFault[] {
  const { kinds, counts, durationMs, calmMs, gapMs } = options;
  const plan: PlannedFault[] = [];
  const freeFrom = new Map<string, number>();
  let deck: FaultKind[] = [];
  let atMs = calmMs;
  for (let draw = 0; draw < DRAWS_MAX && atMs < durationMs; draw++) {
    if (deck.length === 0) deck = shuffle(random, kinds);
    const kind = deck.pop();
    if (kind === undefined) break;
    const { action, subject } = kind;
    const number = random.integer(1, counts[subject] ?? 1);
    const forMs = Math.round(random.between(kind.secondsMin, kind.secondsMax) * 1000);
    const group = groupOf(subject, number);
    const beginsAtMs = Math.max(atMs, freeFrom.get(group) ?? 0);
    if (beginsAtMs + forMs < durationMs) {
      plan.push({
        name: `${action} ${subject}`,
        action,
        subject,
        number,
        atMs: Math.round(beginsAtMs),
        forMs,
      });
      freeFrom.set(group, beginsAtMs + forMs + COME_BACK_MS);
    }
    atMs += random.between(...gapMs);
  }
  return plan.toSorted((one, other) => one.atMs - other.atMs);
}

/** Subjects of one group never have two faults at a time. */
export function groupOf(subject: SubjectKind, number: number): string {
  switch (subject) {
    case "worker":
    case "gateway":
    case "shipper":
      return `gateway ${number}`;
    case "sink":
    case "broker":
      return `${subject} ${number}`;
    case "analyze":
    case "Kafka":
    case "ClickHouse":
    case "Postgres":
      return subject;
    default:
      return subject satisfies never;
  }
}

/** Each item is put at a place drawn among those before it, which gives every order the same chance. */
function shuffle<Item>(random: Random, items: readonly Item[]): Item[] {
  const shuffled: Item[] = [];
  for (const item of items) shuffled.splice(random.integer(0, shuffled.length), 0, item);
  return shuffled;
}

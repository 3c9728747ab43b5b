// The history of the simulated organisation: every call of its people and services over eight weeks that end now, a day
// after the other. The same seed and time give the same history, and no more than a day of one person is held at a time.

import type { TokenEvent } from "../../schemas/token-event.ts";
import { attemptCall, endOf } from "./call.ts";
import { createCalendar, HOUR_MS, type Calendar } from "./calendar.ts";
import { createPersonCaller, createServiceCaller, type CallerOptions } from "./callers.ts";
import { converse } from "./conversation.ts";
import type { Organisation, SimulatedService } from "./organisation.ts";
import { TACTICS } from "./rates.ts";
import { addTactic, type PersonDay } from "./tactics.ts";
import { toPromptFeatures, type PromptFeatures } from "./prompt-features.ts";
import { createToolCalls, type ToolFeatures } from "./tool-calls.ts";

export interface SimulatedCall {
  event: TokenEvent;
  /** What of its features the history has: its prompt and its tool calls. */
  features: Partial<PromptFeatures & ToolFeatures>;
  /** Whose it is; undefined for a service's. */
  personEmail: string | undefined;
}

/** An embedding is there, and its texts are found, so long before the question is sent. */
const LOOK_UP_MS = 1500;

type Calls = Generator<TokenEvent, void, undefined>;

export function* simulateHistory(
  organisation: Organisation,
  { now }: { now: Date },
): Generator<SimulatedCall, void, undefined> {
  const calendar = createCalendar(organisation, now);
  const isPast = (event: TokenEvent): boolean => endOf(event) <= now.getTime();
  for (const [index, day] of calendar.days.entries()) {
    const progress = index / calendar.days.length;
    for (const person of organisation.people) {
      const random = person.random.fork(`day ${day}`);
      const toolsOf = createToolCalls(random.fork("tools"));
      for (const event of livePersonDay({ person, day, calendar, progress, random })) {
        if (!isPast(event)) continue;
        const features = { ...toPromptFeatures(event), ...toolsOf(event) };
        yield { event, features, personEmail: person.email };
      }
    }
    for (const service of organisation.services) {
      for (const event of liveServiceDay(service, day, calendar, progress)) {
        if (isPast(event)) yield { event, features: {}, personEmail: undefined };
      }
    }
  }
}

/** One line for `assay import events`. */
export function toLine({ event, features, personEmail }: SimulatedCall): string {
  return `${JSON.stringify({ ...event, ...features, person_email: personEmail })}\n`;
}

function* livePersonDay(today: PersonDay): Calls {
  const { person, day, calendar, progress, random } = today;
  const { habit } = person;
  if (calendar.isActive(person, day)) {
    for (let session = random.integer(...habit.sessions); session > 0; session--) {
      const startsAtMs = calendar.timeOfDay(person, day, random);
      const client = random.pickWeighted(habit.clients);
      const caller = createPersonCaller(person, { random, client, progress, atMs: startsAtMs });
      yield* converse(random, calendar.failing, {
        caller,
        model: random.pickWeighted(caller.profile.models),
        startsAtMs,
        opens: caller.entrypoint === "interactive" ? "human" : "unknown",
        turns: Math.max(1, Math.round(random.logNormal(...habit.turns))),
        rounds: habit.rounds,
        ...(habit.tactic === "padding" ? { promptTokens: [TACTICS.padding.promptTokens, 0.1] } : {}),
      });
    }
  }
  yield* addTactic(today);
}

function* liveServiceDay(
  service: SimulatedService,
  day: number,
  calendar: Calendar,
  progress: number,
): Calls {
  const { rates } = service;
  const random = service.random.fork(`day ${day}`);
  if (!rates.days.includes(new Date(day).getUTCDay())) return;
  for (let run = random.integer(...rates.runs); run > 0; run--) {
    const startsAtMs = day + random.between(...rates.hours) * HOUR_MS;
    const client = random.pickWeighted(rates.clients);
    const caller = createServiceCaller(service, { random, client, progress, atMs: startsAtMs });
    if (rates.embeds) yield* lookUp(service, calendar, { random, progress, atMs: startsAtMs });
    const model = random.pickWeighted(caller.profile.models);
    const { rounds, promptTokens, answerTokens } = rates;
    const plan = { caller, model, startsAtMs, turns: 1, rounds, promptTokens, answerTokens };
    yield* converse(random, calendar.failing, { ...plan, opens: "unknown" });
  }
}

/** Finds what the question is about, before it is asked. */
function* lookUp(
  service: SimulatedService,
  calendar: Calendar,
  options: Omit<CallerOptions, "client">,
): Calls {
  const { random, atMs } = options;
  const caller = createServiceCaller(service, { ...options, client: "embeddings" });
  yield* attemptCall(random, calendar.failing, {
    atMs: atMs - LOOK_UP_MS,
    caller,
    model: random.pickWeighted(caller.profile.models),
    kind: "embedding",
    trigger: "unknown",
    tokens: { input: random.integer(8, 60), cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
    stop: "end",
    messages: 1,
  });
}

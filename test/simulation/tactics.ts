// What some people add to their work so that it looks like more, as METHOD names the mechanisms: replay, schedule, no-op and
// padding. And what looks like it and is nobody's doing: the heartbeats of an assistant with its default settings.

import type { TokenEvent } from "../../schemas/token-event.ts";
import { DAY_MS, HOUR_MS, type Calendar } from "./calendar.ts";
import { createPersonCaller, type Progress } from "./callers.ts";
import type { ClientName } from "./clients.ts";
import { converse, type Conversation, type Opening } from "./conversation.ts";
import type { SimulatedPerson } from "./organisation.ts";
import type { Random } from "./random.ts";
import { HEARTBEAT, TACTICS } from "./rates.ts";

export interface PersonDay {
  person: SimulatedPerson;
  day: number;
  calendar: Calendar;
  progress: Progress;
  random: Random;
}

type Calls = Generator<TokenEvent, void, undefined>;

/** The calls that the person's tactic adds on one day; none for most people. */
export function* addTactic(today: PersonDay): Calls {
  const { tactic } = today.person.habit;
  const isWorkingDay = today.calendar.isWorkingDay(today.day);
  switch (tactic) {
    case "replay":
      if (isWorkingDay) yield* replay(today);
      break;
    case "noOp":
      if (isWorkingDay) yield* idle(today);
      break;
    case "schedule":
      yield* schedule(today);
      break;
    case "heartbeat":
      yield* beat(today);
      break;
    case "padding":
      // It is in the prompts of ordinary work.
      break;
    case undefined:
      break;
    default:
      tactic satisfies never;
  }
}

function* replay(today: PersonDay): Calls {
  const { runs, turns, rounds } = TACTICS.replay;
  for (let run = today.random.integer(...runs); run > 0; run--) {
    const startsAtMs = today.calendar.timeOfDay(today.person, today.day, today.random);
    yield* runScript(today, { startsAtMs, turns, rounds: [rounds, 0.2], opening: openingOf(today.person) });
  }
}

function* schedule(today: PersonDay): Calls {
  const { everyMinutes, hours, rounds, jitterMs } = TACTICS.schedule;
  const from = today.day + 8 * HOUR_MS;
  for (let minutes = 0; minutes < hours * 60; minutes += everyMinutes) {
    const startsAtMs = from + minutes * 60_000 + today.random.integer(0, jitterMs);
    yield* runScript(today, {
      startsAtMs,
      opens: "schedule",
      turns: 1,
      rounds: [rounds, 0.1],
      opening: openingOf(today.person),
    });
  }
}

function* idle(today: PersonDay): Calls {
  const { runs, contextTokens, answerTokens } = TACTICS.noOp;
  for (let run = today.random.integer(...runs); run > 0; run--) {
    const startsAtMs = today.calendar.timeOfDay(today.person, today.day, today.random);
    yield* runScript(today, {
      startsAtMs,
      turns: 1,
      rounds: [1, 0],
      contextTokens,
      answerTokens: [answerTokens, 0.2],
      opening: openingOf(today.person),
    });
  }
}

function* beat(today: PersonDay): Calls {
  const { everyMinutes, answerTokens } = HEARTBEAT;
  const offsetMs = today.person.random.fork("heartbeat").integer(0, everyMinutes * 60_000);
  for (let atMs = today.day + offsetMs; atMs < today.day + DAY_MS; atMs += everyMinutes * 60_000) {
    yield* runScript(today, {
      client: "openclaw",
      startsAtMs: atMs,
      opens: "schedule",
      turns: 1,
      rounds: [1, 0],
      promptTokens: [45, 0],
      answerTokens: [answerTokens, 0.1],
    });
  }
}

/** The one prompt of a person's tactic: the same body and the same number of tokens each time. */
function openingOf(person: SimulatedPerson): Opening {
  const drawn = person.random.fork("opening");
  return { bodyHash: drawn.word(22), promptTokens: drawn.integer(300, 900) };
}

type Script = Omit<Conversation, "caller" | "model" | "opens"> &
  Partial<Pick<Conversation, "opens">> & { client?: ClientName };

function* runScript(
  { person, random, calendar, progress }: PersonDay,
  { client = "claude-code", opens = "unknown", ...plan }: Script,
): Calls {
  const caller = createPersonCaller(person, { random, client, progress, atMs: plan.startsAtMs });
  const model = random.pickWeighted(caller.profile.models);
  const headless = { ...caller, entrypoint: "headless" as const };
  yield* converse(random, calendar.failing, { caller: headless, model, opens, ...plan });
}

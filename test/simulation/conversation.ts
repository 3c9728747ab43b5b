// A conversation of a client with a model: turns of a person, rounds of tool calls in each, a context that grows with every
// call and is sent again with the next, caches that forget after five minutes, summaries when it gets too long, sub-agents,
// and the calls that a client makes for itself.

import type { TokenEvent } from "../../schemas/token-event.ts";
import { attemptCall, endOf, type Call, type CallTokens, type Caller, type Failing } from "./call.ts";
import type { Random } from "./random.ts";
import { CALL_RATES, SESSION_RATES, type Spread } from "./call-rates.ts";

/** How long a provider keeps what was cached, since it was last used. */
const CACHE_AGE_MS_MAX = 5 * 60_000;
/** Providers that cache by themselves do so in steps of this size. */
const CACHE_STEP_TOKENS = 128;

export interface Conversation {
  caller: Caller;
  model: string;
  startsAtMs: number;
  turns: number;
  rounds: Spread;
  /** Who begins a turn. Only a person takes time to think. */
  opens: "human" | "schedule" | "unknown";
  promptTokens?: Spread;
  answerTokens?: Spread;
  /** What was read before the first call, besides the client's own prompt. */
  contextTokens?: number;
  /** Begins word for word as others do. What follows differs, because the model's answers do. */
  opening?: Opening;
}

export interface Opening {
  bodyHash: string;
  promptTokens: number;
}

export function* converse(
  random: Random,
  failing: Failing,
  plan: Conversation,
): Generator<TokenEvent, void, undefined> {
  const { caller, opens } = plan;
  const isHuman = opens === "human";
  const thread = openThread(random, failing, plan);
  const isAgent = caller.profile.toolsOffered > 0;
  if (isHuman && isAgent && caller.profile.smallModel !== undefined) {
    yield* thread.aside("auxiliary", caller.profile.smallModel, { input: 300, output: 12 });
  }
  for (let turn = 0; turn < Math.min(plan.turns, SESSION_RATES.turnsMax); turn++) {
    if (turn > 0) thread.wait(isHuman ? SESSION_RATES.thinkingMs : SESSION_RATES.toolMs);
    const rounds = 1 + Math.min(SESSION_RATES.roundsMax, Math.floor(random.logNormal(...plan.rounds) - 0.5));
    for (let round = 0; round < rounds; round++) {
      const isFirst = round === 0;
      const trigger = isFirst ? opens : "tool";
      const isLast = round === rounds - 1;
      yield* thread.ask("main", trigger, isLast ? "end" : "tool");
      if (!isLast) thread.wait(SESSION_RATES.toolMs);
      const canSpawn = isHuman && isFirst && !isLast && caller.profile.spawnsAgents === true;
      if (canSpawn && random.chance(SESSION_RATES.spawningAgent)) {
        yield* spawn(random, failing, plan, thread.atMs());
      }
    }
    if (isHuman && caller.profile.countsTokens && random.chance(SESSION_RATES.countingTokens)) {
      yield* thread.aside("count_tokens", plan.model, { input: thread.contextTokens(), output: 0 });
    }
    if (thread.contextTokens() > SESSION_RATES.contextTokensMax) yield* thread.summarise();
  }
}

/** A sub-agent works for itself, beside its parent and in the same session, with a context of its own. */
function* spawn(
  random: Random,
  failing: Failing,
  plan: Conversation,
  startsAtMs: number,
): Generator<TokenEvent, void, undefined> {
  const thread = openThread(random, failing, { ...plan, startsAtMs }, random.uuid(startsAtMs));
  const rounds = 2 + Math.floor(random.logNormal(...SESSION_RATES.agentRounds));
  for (let round = 0; round < rounds; round++) {
    yield* thread.ask("subagent", round === 0 ? "agent" : "tool", round === rounds - 1 ? "end" : "tool");
    thread.wait(SESSION_RATES.toolMs);
  }
}

type Asked = Generator<TokenEvent, void, undefined>;

interface Thread {
  ask(kind: Call["kind"], trigger: Call["trigger"], stop: Call["stop"]): Asked;
  /** A call beside the conversation, which leaves its context as it is. */
  aside(kind: Call["kind"], model: string, tokens: Pick<CallTokens, "input" | "output">): Asked;
  summarise(): Asked;
  wait(spread: Spread): void;
  atMs(): number;
  contextTokens(): number;
}

function openThread(random: Random, failing: Failing, plan: Conversation, agentId?: string): Thread {
  const { caller, model, answerTokens = CALL_RATES.answerTokens } = plan;
  const { profile } = caller;
  const agent = agentId === undefined ? {} : { agentId };
  let opening = agentId === undefined ? plan.opening : undefined;
  let nowMs = plan.startsAtMs;
  let usedAtMs = Number.NEGATIVE_INFINITY;
  let context = 0;
  let fresh = profile.systemTokens + (plan.contextTokens ?? 0);
  let messages = 1;

  function* send(call: Omit<Call, "atMs" | "caller">): Asked {
    const attempts = attemptCall(random, failing, { atMs: nowMs, caller, ...agent, ...call });
    yield* attempts;
    const last = attempts.at(-1);
    if (last) nowMs = endOf(last);
  }

  function takeTokens(trigger: Call["trigger"]): CallTokens {
    const added =
      trigger === "tool" ? CALL_RATES.toolResultTokens : (plan.promptTokens ?? CALL_RATES.promptTokens);
    fresh += opening?.promptTokens ?? whole(random.logNormal(...added));
    const isCached = nowMs - usedAtMs < CACHE_AGE_MS_MAX;
    const output = whole(random.logNormal(...answerTokens));
    const reasoning = Math.floor(output * profile.reasoningShare * random.uniform());
    const tokens = { ...split(profile.cache, isCached, context, fresh), output, reasoning };
    context += fresh + output;
    fresh = 0;
    usedAtMs = nowMs;
    return tokens;
  }

  return {
    *ask(kind, trigger, stop) {
      const repeated = opening ? { bodyHash: opening.bodyHash } : {};
      yield* send({ kind, trigger, stop, model, tokens: takeTokens(trigger), messages, ...repeated });
      opening = undefined;
      messages += 2;
    },
    *aside(kind, asked, { input, output }) {
      const tokens = { input, cacheRead: 0, cacheWrite: 0, output, reasoning: 0 };
      yield* send({ kind, trigger: "agent", stop: "end", model: asked, tokens, messages: 1 });
    },
    *summarise() {
      const written = { input: 0, cacheWrite: 0, cacheRead: context, output: SESSION_RATES.summaryTokens };
      const tokens = { ...written, reasoning: 0 };
      yield* send({ kind: "auxiliary", trigger: "agent", stop: "end", model, tokens, messages });
      context = 0;
      fresh = profile.systemTokens + SESSION_RATES.summaryTokens;
      messages = 1;
    },
    wait: (spread) => {
      nowMs += Math.min(SESSION_RATES.thinkingMsMax, random.logNormal(...spread));
    },
    atMs: () => nowMs,
    contextTokens: () => context,
  };
}

/** Of what is sent, how much the provider had in its cache, wrote to it, and had to read anew. */
function split(
  cache: Caller["profile"]["cache"],
  isCached: boolean,
  context: number,
  fresh: number,
): Pick<CallTokens, "input" | "cacheRead" | "cacheWrite"> {
  const read = isCached ? context : 0;
  switch (cache) {
    case "marked":
      return { input: 3, cacheRead: read, cacheWrite: context + fresh - read };
    case "automatic": {
      const cacheRead = Math.floor(read / CACHE_STEP_TOKENS) * CACHE_STEP_TOKENS;
      return { input: context + fresh - cacheRead, cacheRead, cacheWrite: 0 };
    }
    case "none":
      return { input: context + fresh, cacheRead: 0, cacheWrite: 0 };
    default:
      return cache satisfies never;
  }
}

function whole(tokens: number): number {
  return Math.max(1, Math.round(tokens));
}

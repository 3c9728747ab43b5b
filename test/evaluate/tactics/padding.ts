// The person's own prompts, with the same filler under each of them. What it costs is paid when it is written to the cache, and again
// with each later call of the session.

import { hashBlock, rephrase } from "../population/sketches.ts";
import type { Prompt, VirtualCall, VirtualRun } from "../population/virtual.ts";
import { launder } from "./script.ts";
import type { Injection, Tactic } from "./tactic.ts";

const TOKENS_MAX = 120_000;
/** Of a conversation with its filler: beyond it a client compacts, and some models cost more. */
const CONTEXT_TOKENS_MAX = 190_000;
const CHARS_PER_TOKEN = 4;
const FILLER_BLOCKS = 24;
const REPETITION = 0.75;
const COMPRESSION = 0.06;

export const padding: Tactic = {
  name: "padding",
  description: "Each prompt of one's own work is followed by pages of the same filler.",
  isScripted: false,
  hasWords: true,
  inject(injection) {
    const perTokenUsd = injection.own.reduce((sum, run) => sum + costPerToken(run, injection), 0);
    const tokens = Math.min(TOKENS_MAX, Math.round(injection.budgetUsd / Math.max(perTokenUsd, 1e-9)));
    return injection.own.map((run, at) => ({
      ...run,
      calls: pad(run, tokens, injection),
      outcomes: [...run.outcomes, ...launder(at, injection.stealth.launderEvery === 0 ? 0 : 2)],
      isInjected: true,
    }));
  },
};

function contextOf({ tokens }: VirtualCall): number {
  return tokens.input + tokens.cacheRead + tokens.cacheWrite;
}

function isPadded({ trigger, prompt }: VirtualCall): boolean {
  return trigger === "human" && prompt !== undefined;
}

/** What one token of filler in each prompt of a run costs. */
function costPerToken({ calls }: VirtualRun, { prices }: Injection): number {
  let padded = 0;
  return calls.reduce((sum, call) => {
    if (call.agent !== "") return sum;
    const rates = prices.ratesOf(call.model);
    const before = padded;
    if (isPadded(call)) padded += 1;
    return sum + before * rates.cacheRead + (padded - before) * rates.cacheWrite;
  }, 0);
}

function pad({ calls }: VirtualRun, tokens: number, { script, random, stealth }: Injection): VirtualCall[] {
  const filler = script.fork("filler").word(12);
  let carried = 0;
  return calls.map((call) => {
    if (call.agent !== "") return call;
    const before = carried;
    const { prompt } = call;
    if (!isPadded(call) || prompt === undefined) {
      return { ...call, tokens: { ...call.tokens, cacheRead: call.tokens.cacheRead + before } };
    }
    const added = Math.min(tokens, Math.max(0, CONTEXT_TOKENS_MAX - contextOf(call) - before));
    carried += added;
    const padded = withFiller(prompt, filler, added * CHARS_PER_TOKEN, stealth.similarity);
    return {
      ...call,
      prompt:
        stealth.similarity < 1
          ? { ...padded, blocks: rephrase(padded, stealth.similarity, random).blocks ?? [] }
          : padded,
      tokens: {
        ...call.tokens,
        cacheRead: call.tokens.cacheRead + before,
        cacheWrite: call.tokens.cacheWrite + added,
      },
    };
  });
}

/** Rephrased filler repeats itself less. The prompt's own part of the sketch is lost among pages of filler only in proportion. */
function withFiller(prompt: Prompt, filler: string, chars: number, similarity: number): Prompt {
  const share = chars / (chars + prompt.chars);
  const blocks = Array.from({ length: FILLER_BLOCKS }, (_, at) => hashBlock(`${filler} ${at}`));
  return {
    ...prompt,
    chars: prompt.chars + chars,
    repetition: REPETITION * share * similarity,
    compression: COMPRESSION * share + (1 - share) * 0.5,
    blocks: [...blocks, ...(prompt.blocks ?? [])].slice(0, 32),
  };
}

// A random line at the head of each request of one's own work: what would have been read from the cache is written to it again.

import type { VirtualCall } from "../population/virtual.ts";
import { launder } from "./script.ts";
import type { Tactic } from "./tactic.ts";

export const cacheBust: Tactic = {
  name: "cache-busting",
  description:
    "Each request of one's own work begins with a random line, so that nothing is read from the cache.",
  isScripted: false,
  hasWords: false,
  inject({ own, budgetUsd, prices, random, stealth }) {
    const possibleUsd = own.reduce(
      (sum, { calls }) => sum + calls.reduce((all, call) => all + extra(call), 0),
      0,
    );
    const share = Math.min(1, budgetUsd / Math.max(possibleUsd, 1e-9));
    return own.map((run, at) => ({
      ...run,
      calls: run.calls.map((call) => bust(call, share, random.word(16))),
      outcomes: [...run.outcomes, ...launder(at, stealth.launderEvery === 0 ? 0 : 2)],
      isInjected: true,
    }));

    function extra({ tokens, model }: VirtualCall): number {
      const rates = prices.ratesOf(model);
      return tokens.cacheRead * (writeRate(model) - rates.cacheRead);
    }

    function writeRate(model: string): number {
      const rates = prices.ratesOf(model);
      return model.startsWith("gpt-") ? rates.input : rates.cacheWrite;
    }
  },
};

function bust(call: VirtualCall, share: number, system: string): VirtualCall {
  const moved = Math.round(call.tokens.cacheRead * share);
  const isOpenAi = call.model.startsWith("gpt-");
  return {
    ...call,
    system,
    tokens: {
      ...call.tokens,
      cacheRead: call.tokens.cacheRead - moved,
      cacheWrite: call.tokens.cacheWrite + (isOpenAi ? 0 : moved),
      input: call.tokens.input + (isOpenAi ? moved : 0),
    },
  };
}

// `npm run fit:expectations`: fits again what `analytics/shipped-expectations.ts` ships, and prints it. It is fitted to the sessions of
// the source people on whom defaults may be looked at (test/evaluate/population/split.json), never to those on whom the method is judged,
// and to trials of benchmarks, which are nobody's.

import { median } from "simple-statistics";
import { fitExpectations, type CostBin } from "../../analytics/expectations.ts";
import { findModelTier } from "../../analytics/model-tiers.ts";
import { COST_EDGES_USD } from "../../analytics/shipped-expectations.ts";
import { toMethod } from "../../schemas/method.ts";
import { createPrices } from "../evaluate/population/prices.ts";
import { readSources } from "../evaluate/population/source.ts";
import { sessionsOf } from "../evaluate/population/split.ts";
import { DATA_DIR, readTerminalTrials, readTrials } from "./trials.ts";

/** Besides that of `readTrials`. */
const OTHER_MODELS = ["claude-4.1-opus", "qwen-3-coder-480B"];

interface Run {
  model: string;
  costUsd: number;
  outcomes: number;
}

const sessions = readSessions();
const runs = [...sessions, ...readBenchmarks()];
/** A solved task is not a merged change, so what an outcome costs is told by sessions alone. */
const perOutcome = Map.groupBy(
  sessions.filter(({ outcomes }) => outcomes > 0),
  ({ model }) => findModelTier(model, toMethod().yield),
);
const report = {
  runs: runs.length,
  sessions: sessions.length,
  expected_outcomes: fitExpectations(toBins(runs), COST_EDGES_USD).map((value) => value.toPrecision(3)),
  runs_by_bin: toBins(runs).map((bin) => bin.runs),
  reference_costs_usd: Object.fromEntries(
    [...perOutcome].map(([tier, some]) => [
      tier,
      {
        runs: some.length,
        median: median(some.map(({ costUsd, outcomes }) => costUsd / outcomes)).toPrecision(3),
      },
    ]),
  ),
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);

function readSessions(): Run[] {
  const prices = createPrices();
  const read = [...sessionsOf("dev", readSources(DATA_DIR)).values()].flat();
  return read.flatMap(({ calls, landedAfterMs }) => {
    const costs = calls.map(({ model, tokens }) => {
      const rates = prices.ratesOf(model);
      const { input, cacheRead, cacheWrite, output, reasoning } = tokens;
      const given = input * rates.input + cacheRead * rates.cacheRead + cacheWrite * rates.cacheWrite;
      return { model, costUsd: given + output * rates.output + reasoning * rates.reasoning };
    });
    const dearest = costs.toSorted((a, b) => b.costUsd - a.costUsd)[0];
    const costUsd = costs.reduce((sum, each) => sum + each.costUsd, 0);
    return dearest === undefined || costUsd === 0
      ? []
      : [{ model: dearest.model, costUsd, outcomes: landedAfterMs.length }];
  });
}

function readBenchmarks(): Run[] {
  return [...readTrials(), ...readTerminalTrials(OTHER_MODELS)].map(({ model, costUsd, isResolved }) => ({
    model,
    costUsd,
    outcomes: Number(isResolved),
  }));
}

function toBins(some: readonly Run[]): CostBin[] {
  const bins = Array.from({ length: COST_EDGES_USD.length + 1 }, () => ({
    runs: 0,
    outcomes: 0,
    costUsd: 0,
  }));
  for (const { costUsd, outcomes } of some) {
    const place = COST_EDGES_USD.findIndex((edge) => costUsd <= edge);
    const bin = bins.at(place);
    if (bin === undefined) continue;
    bin.runs += 1;
    bin.outcomes += outcomes;
    bin.costUsd += costUsd;
  }
  return bins;
}

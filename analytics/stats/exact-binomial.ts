// Exact binomial test, upper tail: the chance of `successes` or more in `trials`.
//
// Question: are there more successes than a rate explains? With the largest rate that is still honest, a small answer says that the
// rate was exceeded.
// Assumes: at each trial the chance of a success, whatever came before it, is at most `rate`. The trials need not be independent: a
// count whose conditional chances are all at most `rate` is stochastically no larger than the binomial one.
// Not for: a success that makes the next one likelier than `rate`, such as members of a cluster counted with its first.
// Source: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 1934.
// Example: 15 or more heads of 20 throws of a fair coin: 0.0207 (scipy.stats.binomtest).

import { gammaln } from "simple-statistics";

/** Terms that are so much smaller than the sum change no digit of it. */
const NEGLIGIBLE = 1e-17;

/**
 * P(X >= successes), X ~ Binomial(trials, rate). It is discrete: the chance of an answer of at most .05 is .05 or less.
 * @param successes a whole number of 0 to `trials`
 * @param rate of 0 to 1
 */
export function binomialUpperTail(trials: number, successes: number, rate: number): number {
  if (successes <= 0) return 1;
  if (rate <= 0) return 0;
  if (rate >= 1) return 1;
  const isAboveMean = successes > trials * rate;
  const [first, step] = isAboveMean ? [successes, 1] : [successes - 1, -1];
  const tail = sumFrom(trials, first, step, rate);
  return Math.min(1, Math.max(0, isAboveMean ? tail : 1 - tail));
}

/** Probabilities from `first` on, away from the mean, where each is smaller than the one before. */
function sumFrom(trials: number, first: number, step: number, rate: number): number {
  const odds = rate / (1 - rate);
  let term = Math.exp(
    lnChoose(trials, first) + first * Math.log(rate) + (trials - first) * Math.log1p(-rate),
  );
  let sum = 0;
  for (let count = first; count >= 0 && count <= trials; count += step) {
    sum += term;
    if (term < sum * NEGLIGIBLE) break;
    term *= step > 0 ? ((trials - count) / (count + 1)) * odds : count / (trials - count + 1) / odds;
  }
  return sum;
}

function lnChoose(trials: number, successes: number): number {
  return gammaln(trials + 1) - gammaln(successes + 1) - gammaln(trials - successes + 1);
}

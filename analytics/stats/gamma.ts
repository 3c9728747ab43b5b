// The Gamma distribution: how much of it lies below a value, and below which value a share of it lies.
//
// It is what is known of a rate after some events were counted: with a Gamma(a, b) before, and o events where E were expected, the
// rate is Gamma(a + o, b + E). Source: Gelman and others, "Bayesian Data Analysis", 3rd edition, 2.6.
// Assumes that events come one by one, each by itself. Where they come in lumps, the interval is too narrow.
//
// Example: of Gamma(2, 1), 1 - 3/e² = 0.5940 lies below 2, and half lies below 1.6783.

import assert from "node:assert/strict";
import { gammaln, probit } from "simple-statistics";

/** Terms of the series and of the continued fraction. Both need some 5 √shape of them. */
const TERMS_MAX = 100_000;
const PRECISION = 1e-15;
/** Steps to a quantile. Each at least halves what is left where Newton's step leaves the bracket. */
const STEPS_MAX = 200;
/** Stands for zero in a denominator; see the continued fraction below. */
const TINY = 1e-300;

/**
 * P(X < x) of Gamma(shape, rate).
 * @param rate events a unit of x; the mean is shape / rate
 * @returns 0 to 1, with an error below 1e-10 for shapes up to 10,000
 */
export function gammaProbabilityBelow(x: number, shape: number, rate: number): number {
  assert(shape > 0 && rate > 0, "a Gamma distribution has a shape and a rate above 0");
  const scaled = x * rate;
  if (scaled <= 0) return 0;
  // e^-x x^a / Γ(a): the series and the fraction have it in front.
  const front = Math.exp(shape * Math.log(scaled) - scaled - gammaln(shape));
  return scaled < shape + 1
    ? sumSeries(shape, scaled, front)
    : 1 - Math.min(1, evaluateFraction(shape, scaled, front));
}

/**
 * The value below which a share of Gamma(shape, rate) lies.
 * @param probability above 0 and below 1
 */
export function gammaQuantile(probability: number, shape: number, rate: number): number {
  assert(probability > 0 && probability < 1, "a quantile is of a share above 0 and below 1");
  let low = 0;
  let high = Infinity;
  let x = approximateQuantile(probability, shape);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const error = gammaProbabilityBelow(x, shape, 1) - probability;
    if (error < 0) low = x;
    else high = x;
    const density = Math.exp((shape - 1) * Math.log(x) - x - gammaln(shape));
    const newton = x - error / density;
    const next = newton > low && newton < high ? newton : halve(low, high);
    if (Math.abs(next - x) <= PRECISION * 10 * x) return next / rate;
    x = next;
  }
  return x / rate;
}

/** For x below shape + 1. Source: https://dlmf.nist.gov/8.11.E4 */
function sumSeries(shape: number, x: number, front: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; n < TERMS_MAX && term > sum * PRECISION; n += 1) {
    term *= x / (shape + n);
    sum += term;
  }
  return Math.min(1, sum * front);
}

/** What lies above x, for x from shape + 1 on. Source: https://dlmf.nist.gov/8.9.E2, evaluated by the modified method of Lentz */
function evaluateFraction(shape: number, x: number, front: number): number {
  let b = x + 1 - shape;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < TERMS_MAX; n += 1) {
    const a = -n * (n - shape);
    b += 2;
    d = 1 / orTiny(a * d + b);
    c = orTiny(b + a / c);
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < PRECISION) break;
  }
  return fraction * front;
}

function orTiny(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/**
 * A start for Newton's steps. Source: Wilson and Hilferty, "The distribution of chi-square", PNAS 17 (1931); for small shapes, where
 * it fails, the first term of the series.
 */
function approximateQuantile(probability: number, shape: number): number {
  const ninth = 1 / (9 * shape);
  const cubed = (1 - ninth + probit(probability) * Math.sqrt(ninth)) ** 3 * shape;
  if (cubed > 0 && shape > 0.5) return cubed;
  return Math.max(TINY, Math.exp((Math.log(probability) + gammaln(shape + 1)) / shape));
}

function halve(low: number, high: number): number {
  return high === Infinity ? low * 2 : (low + high) / 2;
}

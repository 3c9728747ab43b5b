// How many outcomes a group will have of which E are expected: negative binomial, a Poisson count whose rate is Gamma distributed.

/**
 * The counts between which the central share of the distribution lies.
 * @param dispersion variance of groups' yields: the count's is E + dispersion E²
 */
export function predictOutcomes(
  expected: number,
  dispersion: number,
  mass: number,
): [low: number, high: number] {
  const shape = 1 / dispersion;
  const tail = (1 - mass) / 2;
  const odds = expected / (expected + shape);
  let probability = (1 - odds) ** shape;
  let below = probability;
  let count = 0;
  let low = 0;
  while (below < 1 - tail) {
    if (below < tail) low = count + 1;
    count += 1;
    probability *= (odds * (shape + count - 1)) / count;
    below += probability;
  }
  return [low, count];
}

// The iterations of a fuzz run. Always holds: seed and number of an iteration decide its input, so that every finding can be
// had again by them alone.

import { createRandom, type Random } from "../simulation/random.ts";
import { mutate } from "./mutate.ts";
import type { Target } from "./targets.ts";

export interface Finding {
  seed: string;
  iteration: number;
  target: string;
  input: Buffer;
  error: unknown;
}

export interface IterationOptions {
  targets: readonly Target[];
  seed: string;
  /** Told before each iteration. */
  onIteration: (iteration: number) => void;
  /** Asked before each iteration. */
  isOver: (iteration: number) => boolean;
}

/** Until it is over, or something is found. */
export async function iterate({
  targets,
  seed,
  onIteration,
  isOver,
}: IterationOptions): Promise<Finding | undefined> {
  for (let iteration = 0; !isOver(iteration); iteration++) {
    onIteration(iteration);
    const { target, input, random } = inputOf(targets, seed, iteration);
    try {
      await target.check(input, random);
    } catch (error) {
      return { seed, iteration, target: target.name, input, error };
    }
  }
  return undefined;
}

export function inputOf(
  targets: readonly Target[],
  seed: string,
  iteration: number,
): { target: Target; input: Buffer; random: Random } {
  const random = createRandom(`${seed}/${iteration}`);
  const target = random.pick(targets);
  return { target, input: mutate(random, target.corpus), random };
}

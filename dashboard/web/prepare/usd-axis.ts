// An axis of money: from 0 in a few equal steps of 1, 2 or 5 times a power of ten, high enough for all.

const STEPS_MAX = 4;

export interface UsdAxis {
  maxUsd: number;
  ticksUsd: number[];
}

export function toUsdAxis(highestUsd: number): UsdAxis {
  if (highestUsd <= 0) return { maxUsd: 1, ticksUsd: [0, 1] };
  const rough = highestUsd / STEPS_MAX;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const steps = Math.ceil(highestUsd / step);
  const ticksUsd = Array.from({ length: steps + 1 }, (_, at) => Number((at * step).toPrecision(3)));
  return { maxUsd: ticksUsd.at(-1) ?? highestUsd, ticksUsd };
}

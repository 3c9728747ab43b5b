// Lends each of a few things to one borrower at a time, first come, first served. The number of those who wait is bounded.

import { AppError } from "../app-error.ts";

export interface Loan<Item> {
  item: Item;
  /** To be called exactly once. */
  giveBack(): void;
}

export interface LendingPool<Item> {
  /** @throws AppError `unavailable` (retry) when too many wait already */
  borrow(): Promise<Loan<Item>>;
}

export function createLendingPool<Item>(items: readonly Item[], waitingMax: number): LendingPool<Item> {
  const free = [...items];
  const waiting: ((item: Item) => void)[] = [];

  function giveBack(item: Item): void {
    const next = waiting.shift();
    if (next) next(item);
    else free.push(item);
  }

  return {
    async borrow() {
      if (waiting.length >= waitingMax) {
        const message = `${waitingMax} operations wait for ClickHouse already. Try again later.`;
        throw new AppError("unavailable", message, { retry: true });
      }
      const item = free.pop() ?? (await new Promise<Item>((resolve) => waiting.push(resolve)));
      return { item, giveBack: () => giveBack(item) };
    },
  };
}

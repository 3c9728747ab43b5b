import { expect, test } from "vitest";
import { createLendingPool } from "../../schemas/clickhouse/lending-pool.ts";

test("a thing is lent to one at a time, and to those who wait in the order in which they came", async () => {
  const pool = createLendingPool(["only"], 2);
  const first = await pool.borrow();
  const order: string[] = [];
  const take = async (name: string) => {
    const loan = await pool.borrow();
    order.push(name);
    loan.giveBack();
  };
  const waiting = [take("second"), take("third")];
  await Promise.resolve();
  expect(order).toEqual([]);
  first.giveBack();
  await Promise.all(waiting);
  expect(order).toEqual(["second", "third"]);
});

test("who would make the queue longer than its limit is refused and told to try again", async () => {
  const pool = createLendingPool(["only"], 1);
  const first = await pool.borrow();
  const second = pool.borrow();
  await expect(pool.borrow()).rejects.toMatchObject({ code: "unavailable", retry: true });
  first.giveBack();
  (await second).giveBack();
  await expect(pool.borrow()).resolves.toMatchObject({ item: "only" });
});

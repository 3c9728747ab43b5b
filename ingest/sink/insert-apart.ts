// Stores what can be stored of records that ClickHouse refuses together, and finds those that it refuses alone: halves are
// tried until the bad records are left.
//
// But when nothing at all is accepted, it is a table, a grant or this program that is wrong, and no record. Then none is put
// aside, and all wait for an operator. They also wait when INSERTS_MAX do not suffice: a valid record is always accepted, so
// that many refusals are a table that does not match, too.
//
// Always holds: a record is called refused after it was tried alone. What is thrown may leave any part of them stored, and
// all of them may be tried again.

import { AppError } from "../../schemas/app-error.ts";
import { isRefusedValue } from "../../schemas/clickhouse/errors.ts";

/** So many records that are refused alone, taken from all over the list, are no coincidence. */
const SYSTEMIC_RECORDS_MIN = 16;
/** Some 18 for each bad record among 4,000 good ones. */
const INSERTS_MAX = 512;

export interface Refusal<Item> {
  item: Item;
  error: unknown;
}

/**
 * @param insert rejects when it can't store all that it is given
 * @throws AppError with `retry` when it is not for single records that the whole can't be stored
 */
export async function insertApart<Item>(
  items: readonly Item[],
  insert: (items: readonly Item[]) => Promise<void>,
): Promise<Refusal<Item>[]> {
  const refusals: Refusal<Item>[] = [];
  let inserts = 0;

  async function insertPart(part: readonly Item[]): Promise<"stored" | { error: unknown }> {
    if (inserts === INSERTS_MAX) throw cannotTellApart(items.length);
    inserts++;
    try {
      await insert(part);
      return "stored";
    } catch (error) {
      if (isPassing(error)) throw error;
      return { error };
    }
  }

  async function insertOrFind(part: readonly Item[]): Promise<"stored" | "refused"> {
    const result = await insertPart(part);
    if (result === "stored") return result;
    const [item] = part;
    if (part.length === 1 && item !== undefined) refusals.push({ item, error: result.error });
    else await findIn(part);
    return "refused";
  }

  async function findIn(part: readonly Item[]): Promise<void> {
    const middle = Math.ceil(part.length / 2);
    const right = part.slice(middle);
    const left = await insertOrFind(part.slice(0, middle));
    // When the left half is good the bad record is on the right, which need not be tried as a whole to know it.
    if (left === "stored" && right.length > 1) await findIn(right);
    else await insertOrFind(right);
  }

  async function refuseIfNothingIsStored(error: unknown): Promise<void> {
    for (let sample = 0; sample < SYSTEMIC_RECORDS_MIN; sample++) {
      const index = Math.floor((sample * (items.length - 1)) / (SYSTEMIC_RECORDS_MIN - 1));
      if ((await insertPart(items.slice(index, index + 1))) === "stored") return;
    }
    throw nothingIsStored(items.length, error);
  }

  if (items.length === 0) return refusals;
  const whole = await insertPart(items);
  if (whole === "stored") return refusals;
  if (items.length >= SYSTEMIC_RECORDS_MIN) await refuseIfNothingIsStored(whole.error);
  await (items.length > 1 ? findIn(items) : insertOrFind(items));
  // Of a few records all may be bad. That is believed when it is their values that are refused.
  if (refusals.length === items.length && !refusals.every(({ error }) => isAboutRecord(error)))
    throw nothingIsStored(items.length, whole.error);
  return refusals;
}

/** Whether the error says nothing about the records: ClickHouse is away, takes too long, or does not let us in. */
function isPassing(error: unknown): boolean {
  return error instanceof AppError && (error.retry || error.code !== "internal");
}

/** What is no AppError was thrown where one record is turned into a row. */
function isAboutRecord(error: unknown): boolean {
  return !(error instanceof AppError) || isRefusedValue(error);
}

function nothingIsStored(records: number, cause: unknown): AppError {
  const message = `ClickHouse refuses every one of ${records} records. Compare its tables and grants with what the cause says; the records wait.`;
  return new AppError("unavailable", message, { retry: true, cause });
}

function cannotTellApart(records: number): AppError {
  const message = `ClickHouse refuses many of ${records} records. Compare its tables with the migrations; the records wait.`;
  return new AppError("unavailable", message, { retry: true });
}

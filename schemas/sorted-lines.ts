// Rows in a file, each in a line of the same width, in the order of the SHA-256 that stands first in each. A row is found by
// binary search in the file as it is: nothing is parsed until a row is asked for, and a hundred thousand take no more memory
// than their bytes.
//
// Always holds: a field that is null is blank, and a line ends with a line feed, so that the file can be read by eye. Fields are
// ASCII.

import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import type { z } from "zod";

/** SHA-256 in hexadecimal. */
export const HASH_CHARS = 64;

/** What the lines of a file are: the fields in their order, with their characters. The first one is the hash. */
export class LineLayout<Row extends Readonly<Record<string, string | null>>> {
  readonly schema: z.ZodType<Row>;
  readonly columns: readonly (readonly [name: keyof Row & string, chars: number])[];
  /** A blank or, at the end, a line feed follows each field. */
  readonly lineChars: number;

  constructor(
    schema: z.ZodType<Row>,
    columns: readonly (readonly [name: keyof Row & string, chars: number])[],
  ) {
    assert(columns[0]?.[1] === HASH_CHARS, "The first column is the hash.");
    this.schema = schema;
    this.columns = columns;
    this.lineChars = columns.reduce((sum, [, chars]) => sum + chars + 1, 0);
  }

  /** Row of a line. */
  parse(line: string): Row {
    let start = 0;
    const fields = this.columns.map(([name, chars]) => {
      const field = line.slice(start, start + chars).trimEnd();
      start += chars + 1;
      return [name, field === "" ? null : field] as const;
    });
    return this.schema.parse(Object.fromEntries(fields));
  }

  format(row: Row): string {
    const fields = this.columns.map(([name, chars]) => {
      const field = row[name] ?? "";
      assert(field.length <= chars, `${name} fits into its column.`);
      return field.padEnd(chars);
    });
    return `${fields.join(" ")}\n`;
  }

  hashOf(row: Row): string {
    return String(row[this.columns[0]?.[0] ?? ""]);
  }
}

/** The rows of a file, found by their hash. */
export class SortedLines<Row extends Readonly<Record<string, string | null>>> {
  readonly #file: Buffer;
  readonly #layout: LineLayout<Row>;
  readonly size: number;

  /** @throws RangeError when the file is not as long as that many rows are */
  constructor(layout: LineLayout<Row>, file: Buffer, size: number) {
    const bytes = size * layout.lineChars;
    if (file.length !== bytes) throw new RangeError(`${size} lines take ${bytes} bytes, not ${file.length}.`);
    this.#file = file;
    this.#layout = layout;
    this.size = size;
  }

  find(sha256: string): Row | undefined {
    const wanted = Buffer.from(sha256, "latin1");
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = middle * this.#layout.lineChars;
      const order = this.#file.compare(wanted, 0, wanted.length, start, start + HASH_CHARS);
      if (order === 0) return this.#parse(middle);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<Row> {
    for (let place = 0; place < this.size; place++) yield this.#parse(place);
  }

  #parse(place: number): Row {
    const { lineChars } = this.#layout;
    return this.#layout.parse(this.#file.toString("latin1", place * lineChars, (place + 1) * lineChars));
  }
}

export type Pages<Row> = AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;

/**
 * Writes a new file, which is with the disk when this resolves.
 * @param pages all rows, in the order of their hashes; a page is written before the next one is asked for
 * @returns how many there are
 */
export async function writeSortedLines<Row extends Readonly<Record<string, string | null>>>(
  path: string,
  layout: LineLayout<Row>,
  pages: Pages<Row>,
): Promise<number> {
  await using file = await open(path, "wx", 0o600);
  let rows = 0;
  let hashBefore = "";
  for await (const page of pages) {
    for (const row of page) {
      const hash = layout.hashOf(row);
      assert(hash > hashBefore, "Rows are in the order of their hashes.");
      hashBefore = hash;
    }
    await file.appendFile(page.map((row) => layout.format(row)).join(""), "latin1");
    rows += page.length;
  }
  await file.sync();
  return rows;
}

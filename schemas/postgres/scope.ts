// Narrows what a transaction may see and change to one person: row-level security (tables.ts) beneath whatever its
// statements ask for. It guards against a statement that forgot its condition, and not against one that somebody else wrote:
// every statement could say that it acts as the product.
//
// Always holds: the narrowing ends with the transaction, however that ends.

import { sql } from "drizzle-orm";
import { NodePgSession, NodePgTransaction } from "drizzle-orm/node-postgres";
import { PgDialect } from "drizzle-orm/pg-core";
import type { PoolClient } from "pg";
import { z } from "zod";
import type { PostgresStore, Transaction, Transactions } from "./open.ts";
import { ACTING_AS, SYSTEM } from "./tables.ts";

/** A person's view of the store. */
export function actAs({ pool }: PostgresStore, personId: string): Transactions {
  return {
    db: {
      async transaction(work) {
        const client = await pool.connect();
        const transaction = toTransaction(client);
        try {
          const actor = client.escapeLiteral(personId);
          // One message, and so one round trip.
          await transaction.execute(sql.raw(`BEGIN; SELECT set_config('${ACTING_AS}', ${actor}, true)`));
          const result = await work(transaction);
          await transaction.execute(sql`COMMIT`);
          client.release();
          return result;
        } catch (error) {
          await giveBack(client);
          throw error;
        }
      },
    },
  };
}

const actorSchema = z.tuple([z.object({ actor: z.string() })]);

/** Does a part of a transaction as the product itself, whoever the rest of it acts as. */
export async function actAsSystem<Result>(
  transaction: Transaction,
  work: () => Promise<Result>,
): Promise<Result> {
  const { rows } = await transaction.execute(sql`SELECT current_setting(${ACTING_AS}) AS actor`);
  const [{ actor }] = actorSchema.parse(rows);
  if (actor === SYSTEM) return work();
  await transaction.execute(sql`SELECT set_config(${ACTING_AS}, ${SYSTEM}, true)`);
  // Where the work fails, so does the transaction, and with it ends the setting.
  const result = await work();
  await transaction.execute(sql`SELECT set_config(${ACTING_AS}, ${actor}, true)`);
  return result;
}

/** As drizzle makes it, but on a transaction that has begun already. */
function toTransaction(client: PoolClient): Transaction {
  const dialect = new PgDialect();
  return new NodePgTransaction(dialect, new NodePgSession(client, dialect, undefined), undefined);
}

/** A connection on which nothing can be rolled back any more is closed, and what was under way on it with it. */
async function giveBack(client: PoolClient): Promise<void> {
  try {
    await client.query("ROLLBACK");
    client.release();
  } catch {
    client.release(true);
  }
}

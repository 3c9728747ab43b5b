// Records that can't be delivered, kept with their reason, a file a day: an operator can see what was wrong, and nothing is
// dropped in silence.

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { DeadLetter } from "../spool/writer-cursor.ts";

const RETENTION_MS = 14 * 86_400_000;
const FILE_NAME = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;

export interface DeadLetters {
  /** Resolves when the letters are safe. */
  keep(letters: readonly DeadLetter[]): Promise<void>;
}

export function openDeadLetters({ folder, now }: { folder: string; now: () => Date }): DeadLetters {
  mkdirSync(folder, { recursive: true, mode: 0o700 });

  function removeOld(): void {
    for (const name of readdirSync(folder)) {
      const [, day] = FILE_NAME.exec(name) ?? [];
      if (day !== undefined && Date.parse(day) < now().getTime() - RETENTION_MS)
        rmSync(join(folder, name), { force: true });
    }
  }

  return {
    async keep(letters) {
      if (letters.length === 0) return;
      removeOld();
      const at = now().toISOString();
      const lines = letters.map(({ payload, reason }) => `${JSON.stringify({ at, reason, payload })}\n`);
      await appendFile(join(folder, `${at.slice(0, 10)}.jsonl`), lines.join(""), {
        mode: 0o600,
        flush: true,
      });
    },
  };
}

// A process that tries to own each data directory whose path comes on standard input, a line each, and says `won` or `lost`. What
// it has won it keeps until it is killed, or its input ends.

import { createInterface } from "node:readline";
import { AppError } from "../../schemas/app-error.ts";
import { lockDataDirectory } from "../../schemas/data-directory.ts";

const won: (() => void)[] = [];

for await (const dataDir of createInterface({ input: process.stdin })) {
  try {
    won.push(lockDataDirectory(dataDir));
    process.stdout.write("won\n");
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "data_directory_locked") throw error;
    process.stdout.write("lost\n");
  }
}
for (const unlock of won) unlock();

// Records that could not be delivered and were put aside.

import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ok, warning, type Deployment, type Finding } from "./finding.ts";

export async function checkDeadLetters({ config: { dataDir } }: Deployment): Promise<Finding[]> {
  const folder = join(dataDir, "dead-letters");
  const files = statSync(folder, { throwIfNoEntry: false }) ? readdirSync(folder).toSorted() : [];
  let letters = 0;
  for (const file of files) {
    const lines = createInterface({ input: createReadStream(join(folder, file)) });
    for await (const line of lines) letters += line === "" ? 0 : 1;
  }
  if (letters === 0) return [ok("There are none.")];
  const sentence = `${letters} records could not be delivered; the newest are in ${join(folder, files.at(-1) ?? "")}.`;
  return [warning(sentence, "Each line there has its reason. They are kept for 14 days.")];
}

// Records that could not be delivered and were put aside.

import { join } from "node:path";
import { statSync } from "node:fs";
import { openDeadLetters } from "../sink/dead-letters.ts";
import { ok, warning, type Deployment, type Finding } from "./finding.ts";

export async function checkDeadLetters({ config: { dataDir } }: Deployment): Promise<Finding[]> {
  const folder = join(dataDir, "dead-letters");
  let letters = 0;
  if (statSync(folder, { throwIfNoEntry: false })) {
    await openDeadLetters({ folder, now: () => new Date() }).read((seen) => {
      letters += seen.length;
    });
  }
  if (letters === 0) return [ok("There are none.")];
  return [
    warning(
      `${letters} records could not be delivered; they are in ${folder}.`,
      "`assay dead-letters list` says why, and `assay dead-letters retry` tries them again. They are kept for 14 days.",
    ),
  ];
}

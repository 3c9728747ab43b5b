// Whether Assay runs on this data directory, and answers.

import { isOwned } from "../../schemas/data-directory.ts";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";

export function checkService({ isInService, config }: Deployment): Finding[] {
  const { dataDir, clickhouseUrl, databaseUrl } = config;
  if (isInService) return [ok("Assay is running, and its service answers.")];
  if (isOwned(dataDir)) {
    const sentence = `A process has ${dataDir}, and its service does not answer.`;
    return [
      fault(sentence, "If it was started just now, wait for it; else look at its log, and start it again."),
    ];
  }
  if (clickhouseUrl !== undefined && databaseUrl !== undefined) {
    return [
      ok("None runs on this data directory; both stores are servers, which services elsewhere may use."),
    ];
  }
  return [warning(`No Assay is running on ${dataDir}.`, "Start it: npx assay start")];
}

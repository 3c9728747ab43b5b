// All attacks on identity, and how they read in docs/identity-attacks.md. `node test/attack/table.ts` writes that file; a test
// finds it when it is stale.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attack } from "./attack.ts";
import { CLAIM_ATTACKS } from "./claims.ts";
import { KEY_ATTACKS } from "./keys.ts";
import { PROXY_ATTACKS } from "./proxies.ts";
import { REQUEST_ATTACKS } from "./requests.ts";

export const TABLE_FILE = join(import.meta.dirname, "../../docs/identity-attacks.md");

export const ATTACKS: Readonly<Record<string, readonly Attack[]>> = {
  Keys: KEY_ATTACKS,
  "Trusted proxies": PROXY_ATTACKS,
  Claims: CLAIM_ATTACKS,
  Requests: REQUEST_ATTACKS,
};

const INTRODUCTION = `# Attacks on identity

Each row is tried against the real gateway by \`test/attack/identity-attacks.test.ts\`, as the bytes of one connection, and what stands here
is what must happen. Ada and Ben are people with keys; the gateway has a provider's key of the organisation's own. Whatever is tried, no
Assay key and none of our headers reaches a provider, and every call on record has an id and a number of the gateway's own.

This file is written by \`node test/attack/table.ts\`.
`;

export function formatTable(): string {
  let number = 0;
  const sections = Object.entries(ATTACKS).map(([title, attacks]) => {
    const rows = attacks.map((attack) => `| ${[++number, ...cellsOf(attack)].join(" | ")} |`);
    return [
      `## ${title}`,
      "",
      "| # | Tried | Answer | Whose call | Credential at the provider |",
      "| --- | --- | --- | --- | --- |",
      ...rows,
      "",
    ].join("\n");
  });
  return [INTRODUCTION, ...sections].join("\n");
}

function cellsOf({ tried, gateway, statuses, owners, spent }: Attack): string[] {
  const where = gateway === undefined || gateway === "open" ? "" : ` (gateway ${gateway})`;
  const isRefused = owners.length === 0;
  return [
    tried + where,
    statuses.join(", ") || "connection closed",
    isRefused ? "no call" : owners.join("; "),
    isRefused ? "nothing was sent" : spent.join("; "),
  ];
}

if (import.meta.main) writeFileSync(TABLE_FILE, formatTable());

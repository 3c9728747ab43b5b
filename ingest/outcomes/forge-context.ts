// What the makers of outcomes share about one delivery of a forge.

import type { Outcome } from "../../schemas/outcome.ts";
import type { Facts } from "./facts.ts";
import type { LinkHashes } from "./link-hashes.ts";
import type { ToldOutcome } from "./new-outcome.ts";

export interface ForgeContext {
  facts: Facts;
  hashes: LinkHashes;
  now: Date;
  /** `owner/name` */
  repository: string;
  /** `github:<repository's hash>`: how the ids of its outcomes begin. */
  prefix: string;
  /** An outcome of the repository. */
  create: (told: Omit<ToldOutcome, "source">) => Outcome;
}

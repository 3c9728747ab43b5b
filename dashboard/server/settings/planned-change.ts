// What a change of a setting is before it is made: what it would do, and how it is done. Each kind of setting plans its own (the
// files beside this one); changes.ts makes them, with a version and an entry in the audit.

import type { Stores } from "../../../schemas/command.ts";
import type { Config } from "../../../schemas/config.ts";
import type { AuditAction } from "../../../schemas/postgres/audit.ts";
import type { Transaction } from "../../../schemas/postgres/open.ts";
import type { OrganisationScope } from "../access/scope.ts";

export interface ChangeContext {
  stores: Stores;
  /** As the process began with it. */
  config: Config;
  organisation: OrganisationScope;
  now: Date;
}

export interface PlannedChange {
  /** Under which its versions stand; null: it is of something new. */
  name: string | null;
  /** Whether everybody may read its versions. */
  isPublic: boolean;
  /** `From the next pass of analytics on, within a minute.` */
  takesEffect: string;
  /** A sentence each. */
  listEffects(): Promise<string[]>;
  /**
   * Does it, in the transaction of its version, in which nobody else changes a setting.
   * @throws AppError `conflict`, `not_found` or `bad_request`, with what stands against it
   */
  apply(transaction: Transaction): Promise<AppliedChange>;
}

export interface AppliedChange {
  name: string;
  /** What the version keeps: enough to take it back. */
  value: unknown;
  action: AuditAction;
  /** The person whom it concerns. */
  subjectId: string | null;
}

export const AT_ONCE = "At once.";
export const NEXT_PASS = "With the next pass of analytics, within a minute or two. No restart is needed.";
export const NEXT_START = "When Assay is started again. Until then things are kept as long as before.";

// Settings as the dashboard's server answers them and its page reads them.
//
//   /api/v1/settings                              what is set, for everybody
//   /api/v1/settings/preview                      POST by the owner: what a change would do
//   /api/v1/settings/changes                      POST by the owner: makes it; a version with its author and reason
//   /api/v1/settings/versions?name=               versions, of one setting or of all, newest first
//   /api/v1/settings/versions/{version}/undo      POST by the owner: takes the newest one back
//   /api/v1/settings/people                       who there is, for the owner: by name, and never with a figure
//   /api/v1/settings/individual-scoring           POST by owner and officer: the switch; …/preview says what it would do
//
// Always holds: whoever changes something names the version that they saw, so that two at once don't undo each other unseen.

import { z } from "zod";
import { ROLES, TARGET_MEASURES, WORKLOAD_CLASSES } from "./closed-lists.ts";
import { OUTCOME_KINDS } from "./outcome.ts";
import { RETENTIONS } from "./retention.ts";

const TEXT_CHARS_MAX = 200;
const REASON_CHARS_MAX = 500;
const CURSOR_CHARS_MAX = 1024;

const instant = z.iso.datetime();
const reason = z.string().trim().min(1, "say why").max(REASON_CHARS_MAX);
const name = z.string().trim().min(1, "a name").max(TEXT_CHARS_MAX);
const number = z.number();
/** Printable ASCII around one @, as the list of people has it. */
const address = z
  .string()
  .trim()
  .max(TEXT_CHARS_MAX)
  .regex(/^[!-?A-~]+@[!-?A-~]+$/, "an address such as you@example.com")
  .transform((email) => email.toLowerCase());

export const personStateSchema = z.strictObject({
  email: address,
  name,
  team_id: z.uuid().nullable(),
  manager_id: z.uuid().nullable(),
  role: z.enum(ROLES),
});
export type PersonState = z.infer<typeof personStateSchema>;

export const targetStateSchema = z.strictObject({
  name,
  measure: z.enum(TARGET_MEASURES),
  threshold: z.number().positive(),
  announced_on: z.iso.date(),
  /** Once it does not, it is tested no more. */
  holds: z.boolean(),
});
export type TargetState = z.infer<typeof targetStateSchema>;

/** When runs of a service start by themselves. What it says never changes; it only ends. */
export const serviceScheduleStateSchema = z.strictObject({
  /** Of the service's key. */
  key_id: z.uuid(),
  name,
  cron: z.string().trim().min(1).max(TEXT_CHARS_MAX),
  workload_class: z.enum(WORKLOAD_CLASSES),
  holds: z.boolean(),
});
export type ServiceScheduleState = z.infer<typeof serviceScheduleStateSchema>;

/** What can be changed. A number that is null is as the configuration has it; an id that is null is of something new. */
export const changeSchema = z.discriminatedUnion("subject", [
  z.strictObject({
    subject: z.literal("outcome_weights"),
    weights: z.partialRecord(z.enum(OUTCOME_KINDS), number.min(0).max(100).nullable()),
  }),
  z.strictObject({
    subject: z.literal("method"),
    part: z.string().max(TEXT_CHARS_MAX),
    name: z.string().max(TEXT_CHARS_MAX),
    value: number.nullable(),
  }),
  z.strictObject({
    subject: z.literal("retention"),
    days: z.partialRecord(z.enum(RETENTIONS), z.int().min(1).max(3650).nullable()),
  }),
  z.strictObject({ subject: z.literal("target"), target_id: z.uuid().nullable(), state: targetStateSchema }),
  z.strictObject({
    subject: z.literal("team"),
    team_id: z.uuid().nullable(),
    state: z.strictObject({ name }),
  }),
  z.strictObject({
    subject: z.literal("service_schedule"),
    service_schedule_id: z.uuid().nullable(),
    state: serviceScheduleStateSchema,
  }),
  z.strictObject({ subject: z.literal("person"), person_id: z.uuid().nullable(), state: personStateSchema }),
]);
export type Change = z.output<typeof changeSchema>;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];
export type ChangeSubject = Change["subject"] | "individual_scoring";

const seenVersion = z.int().min(0);
export const previewSchema = z.strictObject({ change: changeSchema });
export const newChangeSchema = z.strictObject({ change: changeSchema, reason, seen_version: seenVersion });
export const scoringPreviewSchema = z.strictObject({ is_off: z.boolean() });
export const scoringChangeSchema = z.strictObject({ is_off: z.boolean(), reason, seen_version: seenVersion });
export const undoSchema = z.strictObject({ reason });

/** What a change would do, a sentence each, and from when on. */
export const effectSchema = z.object({
  effects: z.array(z.string()),
  takes_effect: z.string(),
  /** The newest of what would be changed; 0: it was never changed here. */
  seen_version: seenVersion,
});
export type Effect = z.infer<typeof effectSchema>;

export const madeChangeSchema = z.object({ version: z.int() });

const source = {
  /** The setting under its outside name, where the operator has fixed it; null: it can be changed here. */
  fixed_by: z.string().nullable(),
};

export const settingsSchema = z.object({
  can_change: z.boolean(),
  individual_scoring: z.object({
    /** As the operator has it. */
    operator: z.enum(["policy", "on", "off"]),
    is_off: z.boolean(),
    version: seenVersion,
    can_switch: z.boolean(),
  }),
  outcome_weights: z.object({
    version: seenVersion,
    weights: z.array(
      z.object({
        kind: z.enum(OUTCOME_KINDS),
        points: number,
        shipped_points: number,
        reason: z.string(),
        ...source,
      }),
    ),
  }),
  method: z.object({
    version: seenVersion,
    /** Of the rules and the numbers, as it stands with every score. */
    method_version: z.string(),
    numbers: z.array(
      z.object({
        part: z.string(),
        name: z.string(),
        value: number,
        shipped: number,
        reason: z.string(),
        ...source,
      }),
    ),
  }),
  retention: z.object({
    version: seenVersion,
    terms: z.array(
      z.object({
        name: z.enum(RETENTIONS),
        /** By which what comes in now is kept. */
        days: z.int(),
        /** From the next start on. */
        next_days: z.int(),
        ...source,
      }),
    ),
  }),
  targets: z.array(z.object({ target_id: z.uuid(), version: seenVersion, state: targetStateSchema })),
  teams: z.array(z.object({ team_id: z.uuid(), version: seenVersion, name: z.string() })),
  service_schedules: z.array(
    z.object({
      schedule_id: z.uuid(),
      version: seenVersion,
      state: serviceScheduleStateSchema,
      /** The service's key, by its name. */
      key: z.string(),
      timezone: z.string(),
    }),
  ),
  /** Keys of services, for the owner; empty for everybody else. */
  service_keys: z.array(z.object({ key_id: z.uuid(), name: z.string() })),
  min_group: z.int(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Of one setting, or of one thing: `retention`, `team:ID`; without a name, of all. */
export const versionsQuerySchema = z.strictObject({
  name: z.string().max(TEXT_CHARS_MAX).optional(),
  cursor: z.string().max(CURSOR_CHARS_MAX).optional(),
});
export const versionsSchema = z.object({
  versions: z.array(
    z.object({
      version: z.int(),
      name: z.string(),
      changed_at: instant,
      /** A name; `An operator`, or `Somebody who was erased`. */
      changed_by: z.string(),
      reason: z.string(),
      /** What it was about, and what was set, a line each: `pr_merged: 5 points`. */
      subject: z.string(),
      lines: z.array(z.string()),
      undoes: z.int().nullable(),
      /** Whether it is the newest, and can be taken back. */
      can_undo: z.boolean(),
    }),
  ),
  next_cursor: z.string().nullable(),
});
export type Versions = z.infer<typeof versionsSchema>;

export const peopleQuerySchema = z.strictObject({
  /** Part of a name or an address. */
  filter: z.string().max(TEXT_CHARS_MAX).optional(),
  cursor: z.string().max(CURSOR_CHARS_MAX).optional(),
});
export const peoplePageSchema = z.object({
  people: z.array(
    z.object({
      person_id: z.uuid(),
      version: seenVersion,
      state: personStateSchema,
      team: z.string().nullable(),
      manager: z.string().nullable(),
    }),
  ),
  next_cursor: z.string().nullable(),
});
export type PeoplePage = z.infer<typeof peoplePageSchema>;

// What is set, for everybody: weights, numbers of the method, terms of keeping, targets and teams, each with where its value comes from.
//
// Always holds: nothing of a person but names of teams. What the operator has fixed says so, with the name of the setting.

import { asc, inArray, max } from "drizzle-orm";
import { z } from "zod";
import { METHOD_PARTS } from "../../../schemas/method.ts";
import { OUTCOME_WEIGHTS } from "../../../schemas/method/outcome-weights.ts";
import { OUTCOME_KINDS } from "../../../schemas/outcome.ts";
import { settingVersions } from "../../../schemas/postgres/setting-tables.ts";
import {
  applySettings,
  isRetentionFixed,
  readRules,
  SETTING_NAMES,
} from "../../../schemas/postgres/setting-versions.ts";
import { organisationTargets, teams } from "../../../schemas/postgres/tables.ts";
import { RETENTIONS, toRetentionSetting } from "../../../schemas/retention.ts";
import type { Settings } from "../../../schemas/settings-api.ts";
import type { Session } from "../access/sessions.ts";
import type { Dashboard } from "../dashboard.ts";
import { listServiceKeyNames, listServiceSchedules } from "./plan-service-schedule.ts";
import { toTargetState } from "./plan-target.ts";

const TARGETS_MAX = 100;
const TEAMS_MAX = 1000;
const METHOD_SETTING = "ASSAY_METHOD";

export async function readSettings(
  { stores: { postgres }, config }: Pick<Dashboard, "stores" | "config">,
  { role }: Pick<Session, "role">,
): Promise<Settings> {
  const { db } = postgres;
  const rules = await readRules(postgres, config);
  const next = await applySettings(postgres, config);
  const targets = await db
    .select()
    .from(organisationTargets)
    .orderBy(asc(organisationTargets.createdAt))
    .limit(TARGETS_MAX);
  const listed = await db.select().from(teams).orderBy(asc(teams.name)).limit(TEAMS_MAX);
  const services = await listServiceSchedules(postgres);
  const names = [
    ...SETTING_NAMES,
    ...targets.map(({ targetId }) => `target:${targetId}`),
    ...listed.map(({ teamId }) => `team:${teamId}`),
    ...services.map(({ schedule_id }) => `service_schedule:${schedule_id}`),
  ];
  const versions = await readNewestVersions(postgres, names);
  const versionOf = (name: string): number => versions.get(name) ?? 0;
  const { given, retentionDays, individualScoring: operator, minGroup } = config;
  return {
    can_change: role === "owner",
    individual_scoring: {
      operator,
      is_off: rules.individualScoring === "off",
      version: versionOf("individual_scoring"),
      can_switch: (role === "owner" || role === "officer") && operator !== "off",
    },
    outcome_weights: {
      version: versionOf("outcome_weights"),
      weights: listWeights(rules.method.outcomes.weights, given.method.outcomes?.weights ?? {}),
    },
    method: {
      version: versionOf("method"),
      method_version: rules.method.version,
      numbers: listNumbers(rules.method, given.method),
    },
    retention: {
      version: versionOf("retention"),
      terms: RETENTIONS.map((name) => ({
        name,
        days: retentionDays[name],
        next_days: next.retentionDays[name],
        fixed_by: isRetentionFixed(config, name) ? toRetentionSetting(name) : null,
      })),
    },
    targets: targets.map((row) => ({
      target_id: row.targetId,
      version: versionOf(`target:${row.targetId}`),
      state: toTargetState(row),
    })),
    teams: listed.map(({ teamId, name }) => ({
      team_id: teamId,
      name,
      version: versionOf(`team:${teamId}`),
    })),
    service_schedules: services.map((service) => ({
      ...service,
      version: versionOf(`service_schedule:${service.schedule_id}`),
    })),
    service_keys: role === "owner" ? await listServiceKeyNames(postgres) : [],
    min_group: minGroup,
  };
}

/** The number of the newest version of each. */
export async function readNewestVersions(
  { db }: Dashboard["stores"]["postgres"],
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (names.length === 0) return new Map();
  const { name, version } = settingVersions;
  const found = await db
    .select({ name, version: max(version) })
    .from(settingVersions)
    .where(inArray(name, [...names]))
    .groupBy(name);
  return new Map(found.map((row) => [row.name, row.version ?? 0]));
}

type Weights = Readonly<Partial<Record<string, number | undefined>>>;

function listWeights(inForce: Weights, given: Weights): Settings["outcome_weights"]["weights"] {
  const shipped: Readonly<Record<string, { points: number; reason: string } | undefined>> = OUTCOME_WEIGHTS;
  return OUTCOME_KINDS.flatMap((kind) => {
    const weight = shipped[kind];
    if (weight === undefined) return [];
    return {
      kind,
      points: inForce[kind] ?? weight.points,
      shipped_points: weight.points,
      reason: weight.reason,
      fixed_by: given[kind] === undefined ? null : METHOD_SETTING,
    };
  });
}

const propertySchema = z.object({ description: z.string(), default: z.unknown() });
const numbersSchema = z.record(z.string(), z.unknown());

/** Those that are numbers: the weights stand apart. */
function listNumbers(inForce: object, given: object): Settings["method"]["numbers"] {
  return Object.entries(METHOD_PARTS).flatMap(([part, schema]) => {
    const values = numbersSchema.parse(Reflect.get(inForce, part));
    const fixed = numbersSchema.catch({}).parse(Reflect.get(given, part));
    const { properties } = z.toJSONSchema(schema, { io: "input" });
    return Object.entries(properties ?? {}).flatMap(([name, property]) => {
      const { description: reason, default: shipped } = propertySchema.parse(property);
      const value = values[name];
      if (typeof shipped !== "number" || typeof value !== "number") return [];
      return {
        part,
        name,
        value,
        shipped,
        reason,
        fixed_by: Object.hasOwn(fixed, name) ? METHOD_SETTING : null,
      };
    });
  });
}

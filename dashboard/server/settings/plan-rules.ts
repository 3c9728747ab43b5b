// Changes of what holds over the configuration: weights, numbers of the method, terms of keeping, the switch of individual scoring. A
// version keeps the whole setting as it is from then on; taking one back brings the setting of the version before.

import { AppError } from "../../../schemas/app-error.ts";
import { methodOverridesSchema } from "../../../schemas/method.ts";
import type { Transaction } from "../../../schemas/postgres/open.ts";
import {
  findNewest,
  isRetentionFixed,
  SETTING_SCHEMAS,
  type SettingName,
} from "../../../schemas/postgres/setting-versions.ts";
import { RETENTIONS, toRetentionSetting } from "../../../schemas/retention.ts";
import type { Change } from "../../../schemas/settings-api.ts";
import { tellRescored, tellRetention, tellScoring } from "./rule-effects.ts";
import { NEXT_PASS, NEXT_START, type ChangeContext, type PlannedChange } from "./planned-change.ts";

type RuleChange<Subject> = Extract<Change, { subject: Subject }>;

export function planWeights(
  context: ChangeContext,
  { weights }: RuleChange<"outcome_weights">,
): PlannedChange {
  const fixed = context.config.given.method.outcomes?.weights ?? {};
  refuseFixed(Object.keys(weights).some((kind) => Object.hasOwn(fixed, kind)) ? "ASSAY_METHOD" : null);
  return planRule("outcome_weights", {
    takesEffect: NEXT_PASS,
    listEffects: () =>
      tellRescored(
        context,
        "Points are for display: a yield counts each outcome as one, so no verdict changes.",
      ),
    toValue: (stored) => withoutNulls({ ...toRecord(stored), ...weights }),
  });
}

export function planMethod(
  context: ChangeContext,
  { part, name, value }: RuleChange<"method">,
): PlannedChange {
  const given = toRecord(Reflect.get(context.config.given.method, part));
  refuseFixed(Object.hasOwn(given, name) ? "ASSAY_METHOD" : null);
  const toValue = (stored: unknown): unknown => {
    const overrides = toRecord(stored);
    const numbers = withoutNulls({ ...toRecord(overrides[part]), [name]: value });
    return { ...overrides, [part]: numbers };
  };
  // A number that is not there, or out of its bounds, is told before anything is asked of the stores.
  if (!methodOverridesSchema.safeParse(toValue(null)).success)
    throw new AppError(
      "bad_request",
      `${part}.${name} can’t be ${value}. Its bounds stand in docs/method.md.`,
    );
  return planRule("method", {
    takesEffect: NEXT_PASS,
    listEffects: () =>
      tellRescored(
        context,
        "Weeks that were looked at for patterns stay as they were judged; new ones go by the new number.",
      ),
    toValue,
  });
}

export function planRetention(context: ChangeContext, { days }: RuleChange<"retention">): PlannedChange {
  const fixed = RETENTIONS.find((name) => days[name] !== undefined && isRetentionFixed(context.config, name));
  refuseFixed(fixed === undefined ? null : toRetentionSetting(fixed));
  return planRule("retention", {
    takesEffect: NEXT_START,
    listEffects: () => tellRetention(context, days),
    toValue: (stored) => withoutNulls({ ...toRecord(stored), ...days }),
  });
}

/** Back on is as the operator has it: nobody is scored before the policy is published, or against ASSAY_INDIVIDUAL_SCORING=off. */
export function planScoring(context: ChangeContext, isOff: boolean): PlannedChange {
  refuseFixed(context.config.individualScoring === "off" ? "ASSAY_INDIVIDUAL_SCORING" : null);
  return planRule("individual_scoring", {
    takesEffect: isOff
      ? "Patterns are hidden at once. Scores are gone with the next pass of analytics, within a minute or two."
      : NEXT_PASS,
    listEffects: () => tellScoring(context, isOff),
    toValue: () => ({ is_off: isOff }),
  });
}

/** Brings back what held before the newest version. @param before null: as the configuration has it */
export function planRuleUndo(context: ChangeContext, name: SettingName, before: unknown): PlannedChange {
  return planRule(name, {
    takesEffect: name === "retention" ? NEXT_START : NEXT_PASS,
    listEffects: () => tellRescored(context, ""),
    toValue: () => before,
  });
}

interface Rule extends Pick<PlannedChange, "takesEffect" | "listEffects"> {
  /** @param stored as the newest version has it; null: there is none */
  toValue: (stored: unknown) => unknown;
}

function planRule(name: SettingName, { toValue, ...rule }: Rule): PlannedChange {
  return {
    ...rule,
    name,
    isPublic: true,
    async apply(transaction: Transaction) {
      const newest = await findNewest(transaction, name);
      const value = toValue(newest?.value ?? null);
      if (value !== null && !SETTING_SCHEMAS[name].safeParse(value).success)
        throw new AppError("bad_request", "This value is out of the setting’s bounds.");
      return { name, value, action: toAction(name, value), subjectId: null };
    },
  };
}

function toAction(name: SettingName, value: unknown) {
  if (name !== "individual_scoring") return "setting_changed";
  return toRecord(value)["is_off"] === true ? "scoring_switched_off" : "scoring_switched_on";
}

/** @param setting under its outside name; null: it is not fixed */
function refuseFixed(setting: string | null): void {
  if (setting === null) return;
  throw new AppError("conflict", `The operator has set this: ${setting}. It can be changed there alone.`);
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function withoutNulls(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== null && value !== undefined),
  );
}

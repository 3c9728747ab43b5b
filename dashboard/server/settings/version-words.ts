// What a version set, in lines: only what differs from the version before, or from how the thing was.

import { z } from "zod";
import { nameSetting } from "../audit/setting-names.ts";

const changedSchema = z.object({
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()),
});
const recordSchema = z.record(z.string(), z.unknown());

const UNITS: Readonly<Record<string, string>> = { outcome_weights: " points", retention: " days" };
const AS_CONFIGURED = "as configured";

const FIELDS: Readonly<Record<string, string>> = {
  name: "Name",
  email: "Address",
  role: "Role",
  measure: "Measure",
  threshold: "Threshold",
  announced_on: "Announced on",
};

/** What a version is about: `the weights of outcomes`, and of one thing its name. */
export function nameThing(name: string, value: unknown): string {
  const thing = changedSchema.safeParse(value).data?.after["name"];
  if (typeof thing !== "string" || !name.includes(":")) return nameSetting(name);
  if (name.startsWith("service_schedule:")) return `schedule ${thing}`;
  return name.startsWith("person:") ? thing : `${name.slice(0, name.indexOf(":"))} ${thing}`;
}

/** @param before of the version before, for a setting; null: there was none */
export function describeVersion(
  name: string,
  { value, before }: { value: unknown; before: unknown },
): string[] {
  if (name === "individual_scoring")
    return [toRecord(value)["is_off"] === true ? "Switched off" : "As the operator has it"];
  if (name.includes(":")) return describeThing(changedSchema.parse(value));
  const [was, is] = [flatten(toRecord(before)), flatten(toRecord(value))];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => was[key] !== is[key]);
  const unit = UNITS[name] ?? "";
  const tell = (number: unknown): string =>
    number === undefined ? AS_CONFIGURED : `${JSON.stringify(number)}${unit}`;
  return keys.map((key) => `${key}: ${tell(is[key])}, before ${tell(was[key])}`);
}

function describeThing({ before, after }: z.output<typeof changedSchema>): string[] {
  if (before === null) return [`Added: ${String(after["name"])}`];
  const changed = Object.keys(after).filter((key) => before[key] !== after[key]);
  return changed.map((key) => {
    if (key === "holds") return after[key] === true ? "Holds again" : "Ended";
    if (key === "team_id") return "Another team";
    if (key === "manager_id") return "Another manager";
    return `${FIELDS[key] ?? key}: ${String(after[key])}, before ${String(before[key])}`;
  });
}

/** `{ credit: { replayTimesMax: 5 } }` as `credit.replayTimesMax: 5`. */
function flatten(record: Readonly<Record<string, unknown>>, prefix = ""): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) =>
      typeof value === "object" && value !== null
        ? Object.entries(flatten(toRecord(value), `${prefix}${key}.`))
        : [[`${prefix}${key}`, value] as const],
    ),
  );
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return recordSchema.safeParse(value).data ?? {};
}

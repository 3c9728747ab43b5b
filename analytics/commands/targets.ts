// `assay targets add | test | end`: the organisation's own targets, and whether they are gamed.

import { z } from "zod";
import { TARGET_MEASURES } from "../../schemas/closed-lists.ts";
import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { addDays, toDay, toMonday } from "../../schemas/working-days.ts";
import { weeklyUse } from "../queries/weekly-use.ts";
import type { TargetFinding } from "../target-test.ts";
import { addTarget, endTarget, listTargets, testAndKeep, type Target } from "../targets.ts";

/** Weeks of which weekly use is told. */
const USE_WEEKS = 8;

const CAUSE =
  "A target for usage causes what this looks for: who is measured by tokens makes tokens. Earned volume can't be raised so.";

const newTargetSchema = z.object({
  name: z.string().trim().min(1).max(100),
  measure: z.enum(TARGET_MEASURES),
  threshold: z.coerce.number().positive(),
  announcedOn: z.iso.date(),
});

const ADD_USAGE = "--name N --measure weekly_cost_usd --threshold 50 --announced 2026-11-02";

export const targetsAddCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "targets add",
  summary:
    "Tell Assay of a usage target that was announced, so that it is tested whether people reach for it",
  usage: ADD_USAGE,
  options: {
    name: { type: "string", help: "what people call it" },
    measure: { type: "string", help: TARGET_MEASURES.join(", ") },
    threshold: { type: "string", help: "what a person should reach in a week, in the unit of the measure" },
    announced: { type: "string", help: "the first day on which people knew of it" },
  },
  async run({ values }, io, { postgres }) {
    const { announced: announcedOn, ...given } = values;
    const said = newTargetSchema.safeParse({ ...given, announcedOn });
    if (!said.success)
      return refuseUsage(io, `${z.prettifyError(said.error)}\nUsage: npx assay targets add ${ADD_USAGE}`);
    const targetId = await addTarget(postgres, said.data, io.now());
    io.stderr.write(`Target ${targetId} is noted. ${CAUSE}\n`);
    io.stdout.write(`${values["json"] === true ? JSON.stringify({ target_id: targetId }) : targetId}\n`);
    return EXIT.done;
  },
});

export const targetsEndCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "targets end",
  summary: "End a target",
  usage: "ID",
  options: {},
  async run({ positionals, values }, io, { postgres }) {
    const targetId = z.uuid().safeParse(positionals[0]);
    if (!targetId.success || positionals.length !== 1)
      return refuseUsage(
        io,
        "Say which target, by its id: npx assay targets end ID. Ids: npx assay targets test",
      );
    await endTarget(postgres, targetId.data, io.now());
    io.stderr.write(`Target ${targetId.data} has ended.\n`);
    if (values["json"] === true) io.stdout.write(`${JSON.stringify({ target_id: targetId.data })}\n`);
    return EXIT.done;
  },
});

export const targetsTestCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "targets test",
  summary: "Say of each target whether people reach for it, without a name, and how many use it meaningfully",
  usage: "",
  options: {},
  async run({ values }, io, stores, config) {
    const now = io.now();
    const { timezone, method } = config;
    const tested: { target: Target; finding: TargetFinding }[] = [];
    for (const target of await listTargets(stores.postgres))
      tested.push({ target, finding: await testAndKeep(stores.clickhouse, target, { config, now }) });
    const thisWeek = toMonday(toDay(now, timezone));
    const weeks = await stores.clickhouse.query(weeklyUse, {
      meaningful_calls_min: method.targets.meaningfulCallsMin,
      from_week: addDays(thisWeek, -7 * USE_WEEKS),
      until_week: thisWeek,
    });
    const use = weeks.filter(({ active }) => active >= method.targets.peopleMin);
    if (values["json"] === true) {
      const targets = tested.map(({ target, finding }) => ({ target_id: target.targetId, ...finding }));
      io.stdout.write(`${JSON.stringify({ targets, weekly_use: use })}\n`);
      return EXIT.done;
    }
    io.stdout.write(tested.map(({ target, finding }) => toLine(target, finding)).join(""));
    io.stdout.write(use.map(({ week, active, meaningful }) => toUseLine(week, active, meaningful)).join(""));
    io.stderr.write(
      tested.length > 0 ? `${CAUSE}\n` : "No target holds. To name one: npx assay targets add\n",
    );
    return EXIT.done;
  },
});

function toLine({ targetId, name, measure, threshold }: Target, finding: TargetFinding): string {
  return `${targetId}  ${name} (${measure} ${threshold}): ${toSentence(finding)}\n`;
}

function toSentence({
  verdict,
  excess,
  excess_low,
  excess_high,
  p_value,
  person_weeks,
}: TargetFinding): string {
  if (verdict === "too_few" || excess === null || excess_low === null || excess_high === null)
    return `can't be told: ${person_weeks} person-weeks around it, or too few people on one side`;
  const share = `${toPercent(excess)} more person-weeks just above it than without it (95 %: ${toPercent(excess_low)} to ${toPercent(excess_high)}; p = ${p_value?.toPrecision(2)})`;
  return verdict === "bunching"
    ? `people reach for it: ${share}`
    : `no sign that people reach for it: ${share}`;
}

function toUseLine(week: string, active: number, meaningful: number): string {
  return `week of ${week}: ${active} people used it, ${toPercent(meaningful / active)} of them meaningfully\n`;
}

function toPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

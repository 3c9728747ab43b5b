// `assay schedules add | list | end`. A schedule covers runs from the next pass of analytics on, which is a matter of seconds.

import { z } from "zod";
import { WORKLOAD_CLASSES } from "../../schemas/closed-lists.ts";
import {
  defineCommand,
  EXIT,
  refuseUsage,
  type CommandArguments,
  type StoreCommand,
} from "../../schemas/command.ts";
import { newScheduleSchema } from "../../schemas/schedule-api.ts";
import { findPerson } from "../server/people/people.ts";
import {
  addSchedule,
  endSchedule,
  listAllSchedules,
  type OwnedSchedule,
} from "../server/schedules/schedules.ts";

export const schedulesAddCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "schedules add",
  summary: "Register when runs of a person, or of a service, start by themselves",
  usage:
    "--person EMAIL --cron '0 3 * * *' [--key ID] [--class scheduled] [--timezone TZ] [--minutes 15] [--name N] | --service --key ID --cron …",
  options: {
    person: { type: "string", help: "whose runs they are; it stands in their audit" },
    service: { type: "boolean", help: "runs of the service whose key is named; they are nobody's" },
    key: { type: "string", help: "runs of the key with this id alone" },
    cron: { type: "string", help: "minute, hour, day of month, month, day of week" },
    class: { type: "string", help: `kind of work: ${WORKLOAD_CLASSES.join(", ")}` },
    timezone: { type: "string", help: "IANA zone; without it ASSAY_TIMEZONE" },
    minutes: { type: "string", help: "a run that starts so long after a time is the schedule's (1 to 60)" },
    name: { type: "string", help: "what it is called in lists" },
  },
  async run({ values }, io, { postgres }, { timezone }) {
    const { person: email, key: keyId } = values;
    const isService = values["service"] === true;
    if (isService === (typeof email === "string") || (isService && keyId === undefined))
      return refuseUsage(
        io,
        "Say whose schedule it is: --person you@example.com, or --service and its --key ID.",
      );
    const said = newScheduleSchema.safeParse(toBody(values));
    if (!said.success)
      return refuseUsage(
        io,
        said.error.issues.map(({ path, message }) => `--${toOption(path[0])}: ${message}.`).join(" "),
      );
    const personId = typeof email === "string" ? (await findPerson(postgres.db, email)).personId : null;
    const { name, cron, minutes, workload_class: workloadClass } = said.data;
    const schedule = await addSchedule(
      postgres,
      {
        personId,
        keyId: said.data.key_id,
        actorId: null,
        name,
        cron,
        timezone: said.data.timezone ?? timezone,
        minutes,
        workloadClass,
      },
      io.now(),
    );
    io.stderr.write(
      `Schedule ${schedule.schedule_id} is registered. Its next time is ${schedule.next_at}.\n`,
    );
    io.stdout.write(`${values["json"] === true ? JSON.stringify(schedule) : schedule.schedule_id}\n`);
    return EXIT.done;
  },
});

export const schedulesListCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "schedules list",
  summary: "List every registered schedule, newest first",
  usage: "",
  options: {},
  async run({ values }, io, { postgres }) {
    const schedules = await listAllSchedules(postgres.db, io.now());
    if (values["json"] === true) io.stdout.write(`${JSON.stringify({ schedules })}\n`);
    else if (schedules.length === 0) io.stderr.write("There are no schedules.\n");
    else io.stdout.write(schedules.map(toLine).join(""));
    return EXIT.done;
  },
});

export const schedulesEndCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "schedules end",
  summary: "End a schedule; what it covered until now stays covered",
  usage: "ID",
  options: {},
  async run({ positionals, values }, io, { postgres }) {
    const scheduleId = z.uuid().safeParse(positionals[0]);
    if (!scheduleId.success || positionals.length !== 1)
      return refuseUsage(
        io,
        "Say which schedule, by its id: npx assay schedules end ID. Ids: npx assay schedules list",
      );
    await endSchedule(postgres, { scheduleId: scheduleId.data, actorId: null }, io.now());
    io.stderr.write(`Schedule ${scheduleId.data} has ended.\n`);
    if (values["json"] === true) io.stdout.write(`${JSON.stringify({ schedule_id: scheduleId.data })}\n`);
    return EXIT.done;
  },
});

/** As a page would send it. */
function toBody({ name, cron, timezone, minutes, class: workloadClass, key }: CommandArguments["values"]) {
  return {
    cron: cron ?? "",
    name,
    timezone,
    minutes: minutes === undefined ? undefined : Number(minutes),
    workload_class: workloadClass,
    key_id: key,
  };
}

function toOption(field: PropertyKey | undefined): string {
  if (field === "workload_class") return "class";
  return field === "key_id" ? "key" : String(field);
}

/** One line a schedule: id, state, times, whose it is, class, name. */
function toLine(schedule: OwnedSchedule): string {
  const state = schedule.ended_at === null ? "holds" : `ended ${schedule.ended_at.slice(0, 10)}`;
  const times = `"${schedule.cron}" ${schedule.timezone} +${schedule.minutes} min`;
  const owner = schedule.person_email ?? `service key ${schedule.key_id}`;
  return `${[schedule.schedule_id, state, times, owner, schedule.workload_class, schedule.name].join("  ")}\n`;
}

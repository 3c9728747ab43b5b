// A person's schedules: listed, registered, ended.

import { z } from "zod";
import { newScheduleSchema, scheduleSchema, schedulesSchema } from "../../../schemas/schedule-api.ts";
import { defineRoute } from "../http/route.ts";
import { addSchedule, endSchedule, listSchedules, noSuchSchedule } from "./schedules.ts";

const scheduleIdSchema = z.uuid();

export const scheduleRoutes = [
  defineRoute({
    method: "GET",
    path: "/people/:personId/schedules",
    summary: "A person's registered schedules",
    access: "subject",
    token: "read",
    answer: schedulesSchema,
    async handle({ who: { store, subjectId }, now }) {
      return {
        schedules: await store.db.transaction((transaction) => listSchedules(transaction, subjectId, now)),
      };
    },
  }),
  defineRoute({
    method: "POST",
    path: "/people/:personId/schedules",
    summary: "Registers a schedule",
    access: "subject",
    token: "write",
    body: newScheduleSchema,
    answer: scheduleSchema,
    status: 201,
    handle({ who: { store, subjectId: personId, session }, body: said, dashboard: { config }, now }) {
      const schedule = {
        personId,
        actorId: session.personId,
        keyId: said.key_id,
        name: said.name,
        cron: said.cron,
        timezone: said.timezone ?? config.timezone,
        minutes: said.minutes,
        workloadClass: said.workload_class,
      };
      return addSchedule(store, schedule, now);
    },
  }),
  defineRoute({
    method: "DELETE",
    path: "/people/:personId/schedules/:scheduleId",
    summary: "Ends a schedule for good",
    access: "subject",
    token: "write",
    async handle({ who: { store, subjectId: personId, session }, params, now }) {
      const scheduleId = scheduleIdSchema.safeParse(params["scheduleId"]);
      if (!scheduleId.success) throw noSuchSchedule();
      await endSchedule(store, { scheduleId: scheduleId.data, personId, actorId: session.personId }, now);
    },
  }),
];

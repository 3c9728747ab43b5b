// A person's schedules, below /people/:personId/schedules: listed, registered, ended.

import { Hono } from "hono";
import { z } from "zod";
import { newScheduleSchema } from "../../../schemas/schedule-api.ts";
import type { Dashboard } from "../dashboard.ts";
import { parseBody } from "../http/request-parts.ts";
import { addSchedule, endSchedule, listSchedules, noSuchSchedule } from "./schedules.ts";
import type { PersonEnv } from "../access/scope.ts";

const scheduleIdSchema = z.uuid();

export function createScheduleRoutes({ config, now }: Dashboard): Hono<PersonEnv> {
  const routes = new Hono<PersonEnv>();

  routes.get("/", async (context) => {
    const { store, subjectId } = context.var;
    const schedules = await store.db.transaction((transaction) =>
      listSchedules(transaction, subjectId, now()),
    );
    return context.json({ schedules });
  });

  routes.post("/", async (context) => {
    const said = await parseBody(context, newScheduleSchema);
    const { subjectId: personId, session, store } = context.var;
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
    return context.json(await addSchedule(store, schedule, now()), 201);
  });

  routes.delete("/:scheduleId", async (context) => {
    const scheduleId = scheduleIdSchema.safeParse(context.req.param("scheduleId"));
    if (!scheduleId.success) throw noSuchSchedule();
    const { subjectId: personId, session, store } = context.var;
    const end = { scheduleId: scheduleId.data, personId, actorId: session.personId };
    await endSchedule(store, end, now());
    return context.body(null, 204);
  });

  return routes;
}

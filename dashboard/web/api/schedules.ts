// A person's registered schedules.

import { type NewSchedule, scheduleSchema, schedulesSchema } from "../../../schemas/schedule-api.ts";
import { type Api, path } from "./client.ts";

export const readSchedules = (api: Api, personId: string) =>
  api.get(path`/people/${personId}/schedules`, schedulesSchema);

export const addSchedule = (api: Api, personId: string, schedule: NewSchedule) =>
  api.send("POST", path`/people/${personId}/schedules`, schedule, scheduleSchema);

export const endSchedule = (api: Api, personId: string, scheduleId: string) =>
  api.tell("DELETE", path`/people/${personId}/schedules/${scheduleId}`);

// The organisation's figures, and those of the team of whoever leads it.

import { organisationSchema, teamTotalsSchema } from "../../../schemas/organisation-api.ts";
import { type Api, path } from "./client.ts";

export const readOrganisation = (api: Api) => api.get(path`/organisation`, organisationSchema);
export const readTeamTotals = (api: Api) => api.get(path`/review/team`, teamTotalsSchema);

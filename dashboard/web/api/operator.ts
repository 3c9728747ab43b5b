// How records flow.

import { flowSchema } from "../../../schemas/operator-api.ts";
import { type Api, path } from "./client.ts";

export const readFlow = (api: Api) => api.get(path`/operator/flow`, flowSchema);

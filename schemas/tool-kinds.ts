// What tools of an organisation's own do to the world: the setting ASSAY_TOOL_KINDS, from a tool's name to its kind. A name that
// ends with `*` stands for every name that begins so; of several the longest holds. What is set here goes before what Assay knows
// of the clients' own tools.

import { z } from "zod";
import { TOOL_KINDS } from "./closed-lists.ts";

const ENTRIES_MAX = 1000;
const MESSAGE = "an object from tool names to read, write, execute, communicate or other";

export const toolKindsSchema = z
  .record(z.string().min(1, "a tool's name").max(256, "a shorter name"), z.enum(TOOL_KINDS, MESSAGE), MESSAGE)
  .refine((kinds) => Object.keys(kinds).length <= ENTRIES_MAX, `at most ${ENTRIES_MAX} tools`);

export type ToolKinds = z.infer<typeof toolKindsSchema>;

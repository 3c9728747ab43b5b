// What a child process of `assay start` tells it, over Node's own channel between parent and child.

import { z } from "zod";

/** On the very first start: the owner's way into the dashboard, and a key to begin with. Both are shown once. */
const firstStepsSchema = z.object({ signInLink: z.url(), key: z.string() });
export type FirstSteps = z.infer<typeof firstStepsSchema>;

export const processMessageSchema = z.object({
  type: z.literal("ready"),
  firstSteps: firstStepsSchema.optional(),
});
export type ProcessMessage = z.infer<typeof processMessageSchema>;

/** Does nothing where the process was started by hand. */
export function tellParent(message: ProcessMessage): void {
  process.send?.(message);
}

// What a child process of `assay start` tells it, over Node's own channel between parent and child.

import { z } from "zod";

export const processMessageSchema = z.object({
  type: z.literal("ready"),
  /** On the very first start: the owner's way into the dashboard, and a key to begin with. */
  signInLink: z.string().optional(),
  firstKey: z.string().optional(),
});

export type ProcessMessage = z.infer<typeof processMessageSchema>;

/** Does nothing where the process was started by hand. */
export function tellParent(message: ProcessMessage): void {
  process.send?.(message);
}

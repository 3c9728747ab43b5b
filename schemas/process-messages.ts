// What the children of `assay start` and `assay gateway` and their parent tell each other, over Node's own channel.

import { z } from "zod";
import { reportSchema, type Vitals } from "./vitals.ts";

/** On the very first start: the owner's way into the dashboard, and a key to begin with. Both are shown once. */
const firstStepsSchema = z.object({ signInLink: z.url(), key: z.string() });
export type FirstSteps = z.infer<typeof firstStepsSchema>;

const readySchema = z.object({
  type: z.literal("ready"),
  firstSteps: firstStepsSchema.optional(),
  /** What it listens on, where 0 in the settings meant any. */
  ports: z.object({ gateway: z.int(), dashboard: z.int(), metrics: z.int() }).partial().optional(),
});
export type ReadyMessage = z.infer<typeof readySchema>;

/** What a child says. `failed` is its last word, with whether it may go better another time; `report` is its answer to the question with that number. */
export const childMessageSchema = z.discriminatedUnion("type", [
  readySchema,
  z.object({ type: z.literal("failed"), retry: z.boolean() }),
  z.object({ type: z.literal("report"), question: z.int(), report: reportSchema }),
]);
export type ChildMessage = z.infer<typeof childMessageSchema>;

/** What a parent says. `drain` comes a moment before `stop`. */
export const parentMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("report"), question: z.int() }),
  z.object({ type: z.literal("drain") }),
  z.object({ type: z.literal("stop") }),
]);
export type ParentMessage = z.infer<typeof parentMessageSchema>;

/** Does nothing where the process was started by hand. */
export function tellParent(message: ChildMessage): void {
  // A parent that is gone can't be told, and this process ends because of it (main.ts).
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}

/** Answers the parent's questions, until this process ends. `stop` is heard by main.ts. */
export function answerParent(vitals: Vitals): void {
  process.on("message", (message) => {
    const asked = parentMessageSchema.safeParse(message).data;
    switch (asked?.type) {
      case "report":
        void vitals.read().then((report) => tellParent({ type: "report", question: asked.question, report }));
        return;
      case "drain":
        vitals.drain();
        return;
      case "stop":
      case undefined:
        return;
      default:
        asked satisfies never;
    }
  });
}

// The task that every client is given: a report on a sample log, for which the model reads a file, sends out two agents at the same
// time, one of which may send out another, and sums up; then a second prompt in the same session. How a client's tools are called
// is the client's own; what is said is here.

import type { ClientPrompt } from "./real-client.ts";
import type { ModelStep, ModelTask, ModelToolCall } from "../scripted/scripted-model.ts";

const PROMPTS = {
  report:
    "Please write a short report on the gold content of the samples in samples.csv. Read the log first, then have one " +
    "agent check the north shaft and another one check the south shaft, both at the same time, and compare what they " +
    "found with the figures of the log. The report is for the head of the laboratory, who wants to know which shaft is " +
    "worth another month of digging, and how sure we can be of that with so few samples.",
  question:
    "Thank you. One more question on the same samples: how many lines does the log have, and does that include its " +
    "heading? Please count them with a command and tell me in one sentence, so that I can put it below the table.",
  north:
    "You check the north shaft. Count its samples in samples.csv with a command, look for values that are missing or " +
    "not plausible for ore of this kind, and answer with the number of samples and one sentence on their quality.",
  south:
    "You check the south shaft. Count its samples in samples.csv with a command, compare them with what a rich vein " +
    "would show, and answer with the number of samples and one sentence on whether more of them are needed.",
  vein:
    "You check the deep vein below the south shaft. Print the line of samples.csv with the highest value, and answer " +
    "with the number of that sample and with how far it lies above all of the others.",
} as const;

/** Both prompts, as the user of a client with these tasks gives them. */
export function laboratoryPrompts(tasks: readonly ModelTask[]): ClientPrompt[] {
  return (["report", "question"] as const).map((name) => {
    const steps = tasks.find((task) => task.name === name)?.steps ?? [];
    return { text: PROMPTS[name], lastStep: `${name}:${steps.length - 1}` };
  });
}

export interface LaboratoryTools {
  shell: (command: string) => ModelToolCall;
  /** The client's own tool that starts a sub-agent. */
  spawn: (name: "north" | "south" | "vein", prompt: string) => ModelToolCall;
  /** What ends a sub-agent, where an answer without a call does not. */
  finish?: (answer: string) => ModelToolCall;
  /** Between starting the two agents and the final report. */
  waiting?: readonly ModelStep[];
  /** Steps that come before the last one of each agent: they decide whose report is first. */
  northAfter?: readonly string[];
  southAfter?: readonly string[];
  /** Whether an agent of this client may start another one, and gets its report as the result of the call. */
  isNesting?: boolean;
}

export function laboratoryTasks(tools: LaboratoryTools): ModelTask[] {
  const { shell, spawn, waiting = [], northAfter = [], southAfter = [], isNesting = false } = tools;
  const last = (text: string, after: readonly string[]): ModelStep => ({
    text,
    calls: tools.finish ? [tools.finish(text)] : [],
    after,
  });
  return [
    {
      name: "report",
      opening: "which shaft is worth another month of digging",
      steps: [
        { text: "I read the log of the samples first.", calls: [shell("cat samples.csv")] },
        {
          text: "The log has two shafts. I send an agent to each of them now.",
          calls: [spawn("north", PROMPTS.north), spawn("south", PROMPTS.south)],
        },
        ...waiting,
        {
          text:
            "Report: the south shaft holds 7.3 g/t in its only sample, the north shaft 0.4 and 1.9 g/t in two. South " +
            "is worth another month, but one sample is no proof: take at least five more before the drill is moved.",
        },
      ],
    },
    {
      name: "question",
      opening: "does that include its heading",
      steps: [
        { text: "I count the lines of the file.", calls: [shell("wc -l samples.csv")] },
        { text: "The log has four lines: three samples, and the heading above them." },
      ],
    },
    {
      name: "north",
      opening: "not plausible for ore of this kind",
      steps: [
        { text: "I count what the north shaft has.", calls: [shell("grep -c north samples.csv")] },
        last("North has two samples; both are plausible, and both are poor.", northAfter),
      ],
    },
    {
      name: "south",
      opening: "what a rich vein would show",
      steps: [
        isNesting
          ? { text: "The vein below it needs an agent of its own.", calls: [spawn("vein", PROMPTS.vein)] }
          : { text: "I count what the south shaft has.", calls: [shell("grep -c south samples.csv")] },
        last("South has one sample; it is rich, and more of them are needed.", southAfter),
      ],
    },
    {
      name: "vein",
      opening: "how far it lies above all of the others",
      steps: [
        { text: "I look for the highest value.", calls: [shell("sort -t, -k3 -n samples.csv | tail -1")] },
        last("Sample 3 is the highest, 5.4 g/t above all others.", []),
      ],
    },
  ];
}

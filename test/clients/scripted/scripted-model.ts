// A model that follows a script: what it answers depends on the conversation that it is shown, and on nothing else. So a client
// does the same with a gateway in between as without, and any number of agents may ask at once.
//
// A task is known by a sentence of its prompt; the latest text of role user that has one says which task a request is about. The
// text of each step stands in the conversation once it was given, and says how far the task has come. Always holds: counts and
// ids follow from seed, task and step, so that two recordings can be compared; a step that is asked for again has another id.

import { createHash } from "node:crypto";
import type { ReplayUsage } from "../../services/replay-provider-usage.ts";

export interface ModelToolCall {
  name: string;
  /** Where a client groups its tools: the group of this one. */
  namespace?: string;
  /** Of a scripted one: also what follows from the conversation, as ids that a tool gave. */
  input: ToolInput | ((shown: readonly ShownText[]) => ToolInput);
}

export type ToolInput = Readonly<Record<string, unknown>>;

export interface ModelStep {
  /** No other step's text is part of it. */
  text: string;
  calls?: readonly ModelToolCall[];
  /** Steps, as `<task>:<step>`, that must have been answered before: what makes the order of parallel agents certain. */
  after?: readonly string[];
}

export interface ModelTask {
  name: string;
  /** A sentence that only this task's prompt has. */
  opening: string;
  steps: readonly ModelStep[];
}

/** One text of a request, as an interface's file reads it. */
export interface ShownText {
  role: "user" | "assistant" | "tool";
  text: string;
}

export interface AnsweredCall extends ModelToolCall {
  input: ToolInput;
}

export interface ModelAnswer {
  /** `<task>:<step>`, or `aside` for what the script does not know: titles, probes. */
  place: string;
  /** Hexadecimal digits that no other answer of this model has. */
  id: string;
  text: string;
  calls: readonly AnsweredCall[];
  usage: ReplayUsage;
}

const ASIDE = "aside";
const ASIDE_TEXT = "Samples of the assay laboratory";
const ID_CHARS = 24;

export class ScriptedModel {
  readonly #tasks: readonly ModelTask[];
  readonly #seed: string;
  readonly #timesGiven = new Map<string, number>();
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  constructor(tasks: readonly ModelTask[], seed: string) {
    this.#tasks = tasks;
    this.#seed = seed;
  }

  /** Answers when every step that this one comes after was answered. */
  async answer(shown: readonly ShownText[]): Promise<ModelAnswer> {
    const { place, step } = this.#find(shown);
    for (const earlier of step.after ?? []) await this.answered(earlier);
    const times = (this.#timesGiven.get(place) ?? 0) + 1;
    this.#timesGiven.set(place, times);
    this.#givenOnce(place).resolve();
    const digest = createHash("sha256").update(`${this.#seed} ${place} ${times}`).digest();
    const id = digest.toString("hex").slice(0, ID_CHARS);
    const calls = (step.calls ?? []).map((call) => ({
      ...call,
      input: typeof call.input === "function" ? call.input(shown) : call.input,
    }));
    return { place, id, text: step.text, calls, usage: toUsage(digest) };
  }

  /** Resolves when the step has been answered once. */
  answered(place: string): Promise<void> {
    return this.#givenOnce(place).promise;
  }

  #find(shown: readonly ShownText[]): { place: string; step: ModelStep } {
    for (let at = shown.length - 1; at >= 0; at -= 1) {
      const { role, text } = shown[at] ?? {};
      const task = role === "user" && this.#tasks.find((each) => isPromptOf(each, text ?? ""));
      if (!task) continue;
      const answers = shown.slice(at).filter((each) => each.role === "assistant");
      const reached = task.steps.findLastIndex((step) =>
        answers.some((answer) => answer.text.includes(step.text)),
      );
      const step = task.steps[reached + 1];
      // Clients may ask once more after the end, with a notice of their own.
      return step
        ? { place: `${task.name}:${reached + 1}`, step }
        : { place: `${task.name}:end`, step: { text: "Nothing is left to do." } };
    }
    return { place: ASIDE, step: { text: ASIDE_TEXT } };
  }

  #givenOnce(place: string): PromiseWithResolvers<void> {
    const waiting = this.#waiting.get(place) ?? Promise.withResolvers<void>();
    this.#waiting.set(place, waiting);
    return waiting;
  }
}

/** A text that has an answer, too, is a report on the task: clients hand them to the agent that asked for it. */
function isPromptOf({ opening, steps }: ModelTask, text: string): boolean {
  return text.includes(opening) && !steps.some((step) => text.includes(step.text));
}

/** Counts that hardly another answer has, none of them 0. */
function toUsage(digest: Buffer): ReplayUsage {
  return {
    input_tokens: 1000 + (digest.readUInt16BE(24) % 9000),
    cache_read_tokens: 1 + (digest.readUInt16BE(26) % 5000),
    output_tokens: 20 + (digest.readUInt16BE(28) % 900),
    reasoning_tokens: 1 + (digest.readUInt16BE(30) % 300),
  };
}

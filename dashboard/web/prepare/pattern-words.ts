// What a pattern's closed words mean: mechanisms, states and endings in sentences, for its person ("you") and for whoever discusses it.
//
// Always holds: what was seen comes with what it often is; no word here says that somebody did something wrong.

import type {
  PatternCause,
  PatternClosing,
  PatternState,
  SignalFamily,
} from "../../../schemas/closed-lists.ts";
import type { Pattern, PatternValue } from "../../../schemas/pattern-api.ts";
import { formatCount } from "./format.ts";

/** Whose pattern it is to the reader. */
export type Voice = "own" | "other";

const NAMES: Readonly<Record<SignalFamily, string>> = {
  replay: "repeated content",
  schedule: "starts on a fixed interval",
  no_op: "runs that changed nothing",
  padding: "repetition within prompts",
  long_output: "answers cut off at their limit",
  fan_out: "sub-agents with the same task",
  echo: "answers that come back as prompts",
  cache_bust: "caches written anew",
};

/** `Repeated content on a fixed interval`; `Repeated content and runs that changed nothing`. */
export function nameMechanisms(families: readonly SignalFamily[]): string {
  const isTimedReplay = families.includes("replay") && families.includes("schedule");
  const first = isTimedReplay ? ["repeated content on a fixed interval"] : [];
  const rest = families.filter((family) => !isTimedReplay || (family !== "replay" && family !== "schedule"));
  return capitalise(joinWords([...first, ...rest.map((family) => NAMES[family])]));
}

const SEEN: Readonly<Record<SignalFamily, string>> = {
  schedule: "started on a fixed interval",
  replay: "sent much the same content",
  no_op: "changed nothing that Assay could see",
  padding: "repeated the same text within their prompts",
  long_output: "ended with an answer that was cut off",
  fan_out: "gave several sub-agents the same task",
  echo: "took their own answer as the next prompt",
  cache_bust: "wrote their cache anew again and again",
};

/** In this order: the first that applies says most. */
const OFTEN: Readonly<Record<SignalFamily, string>> = {
  schedule: "That is often a job or a monitor that was never registered as a schedule.",
  replay: "That is often a template, a test or an evaluation that was never declared.",
  no_op: "That is often a monitor that had nothing to report, or exploration that was never declared.",
  fan_out: "That is often the choice among several attempts, or agents that vote.",
  padding: "That is often a log, a table or test data that a prompt carries along.",
  long_output: "That is often long output whose result is kept where Assay can't see it.",
  echo: "That is often a text that is polished in rounds.",
  cache_bust: "That is often how a version of a client is made.",
};

/** What was seen, and what it often is: two sentences. `since`: `19 Oct`. */
export function tellWhatWasSeen(
  { families, runs, value }: Pick<Pattern, "families" | "runs" | "value">,
  voice: Voice,
  since: string,
): string {
  const seen = FAMILY_ORDER.filter((family) => families.includes(family)).map((family) => SEEN[family]);
  const whose = voice === "own" ? "of your runs" : runs === 1 ? "run" : "runs";
  const fewer = isBelowExpected(value) ? ", with fewer outcomes than such runs usually bring" : "";
  return `Since ${since}, ${formatCount(runs)} ${whose} ${joinWords(seen)}${fewer}. ${tellWhatItOftenIs(families)}`;
}

/** One sentence. */
export function tellWhatItOftenIs(families: readonly SignalFamily[]): string {
  const first = FAMILY_ORDER.find((family) => families.includes(family));
  return first === undefined ? "" : OFTEN[first];
}

const FAMILY_ORDER = [
  "schedule",
  "replay",
  "no_op",
  "fan_out",
  "padding",
  "long_output",
  "echo",
  "cache_bust",
] as const;

function isBelowExpected({ yield: estimate }: PatternValue): boolean {
  return estimate !== null && estimate.high < 1;
}

export const CAUSE_NAMES: Readonly<Record<PatternCause, string>> = {
  scheduled_job: "A scheduled job",
  test: "A test or an evaluation",
  client_default: "A client or tool default",
  other: "In own words",
};

interface Ending {
  name: string;
  /** In a sentence for its person. */
  sentence: string;
}

/** By how it was closed; what is not there is as `otherwise`. */
const ENDINGS: Readonly<
  Partial<Record<PatternState, { otherwise: Ending } & Partial<Record<PatternClosing, Ending>>>>
> = {
  explained: {
    schedule: {
      name: "Explained by a schedule",
      sentence: "A schedule that you registered started most of these runs. Your manager never saw it.",
    },
    otherwise: {
      name: "Explained",
      sentence: "Your manager accepted your explanation. The same is not raised again for some months.",
    },
  },
  resolved: {
    evidence: {
      name: "Over by itself",
      sentence:
        "By the day on which it could have opened it did not hold any more. Your manager never saw it.",
    },
    otherwise: {
      name: "Talked, and settled",
      sentence: "Your manager and you talked about it, and it is settled.",
    },
  },
  dismissed: {
    officer: { name: "Contest upheld", sentence: "The privacy officer found your contest right." },
    manager: {
      name: "Dismissed",
      sentence:
        "Your manager did not find the evidence convincing. The same is not raised again for some months.",
    },
    otherwise: {
      name: "Dismissed",
      sentence: "Your contest was not answered in time, so it counts as right.",
    },
  },
  expired: {
    otherwise: { name: "Expired", sentence: "Nobody decided in time, so it is over." },
  },
};

/** Null while it has not ended. */
export function findEnding({ state, closed_by }: Pick<Pattern, "state" | "closed_by">): Ending | null {
  const endings = ENDINGS[state];
  if (endings === undefined) return null;
  return (closed_by === null ? undefined : endings[closed_by]) ?? endings.otherwise;
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

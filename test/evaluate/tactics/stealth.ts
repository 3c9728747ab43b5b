// How somebody hides a tactic. One thing at a time, so that the report can say which of them escapes which rule.

export interface Stealth {
  name: string;
  /** What of a tactic it hides: how it is started, what it says, or what comes of it. */
  hides: "start" | "words" | "value";
  /** Standard deviation of a start, as a share of the script's period. */
  jitter: number;
  /** Jaccard similarity of any two of the script's prompts to each other; 1: always the same. */
  similarity: number;
  /** Over all hours of all days, and not in office hours of working days. */
  isSpread: boolean;
  /** As further turns of the person's own sessions, and not as runs of their own. */
  isMixed: boolean;
  /** Each so many injected runs bring a small pull request that a colleague approves; 0: none. */
  launderEvery: number;
}

const NONE: Stealth = {
  name: "none",
  hides: "value",
  jitter: 0,
  similarity: 1,
  isSpread: false,
  isMixed: false,
  launderEvery: 0,
};

export const STEALTHS: readonly Stealth[] = [
  NONE,
  { ...NONE, name: "jitter 10 %", hides: "start", jitter: 0.1 },
  { ...NONE, name: "jitter 50 %", hides: "start", jitter: 0.5 },
  { ...NONE, name: "paraphrase .95", hides: "words", similarity: 0.95 },
  { ...NONE, name: "paraphrase .8", hides: "words", similarity: 0.8 },
  { ...NONE, name: "paraphrase .5", hides: "words", similarity: 0.5 },
  { ...NONE, name: "spread over days", hides: "start", isSpread: true },
  { ...NONE, name: "mixed with work", hides: "start", isMixed: true },
  { ...NONE, name: "laundered", launderEvery: 6 },
];

/** Of what an inflator adds, in relation to their own cost. */
export const INTENSITIES = [0.25, 0.5, 1, 3] as const;
export type Intensity = (typeof INTENSITIES)[number];

export function isOpen(stealth: Stealth): boolean {
  return stealth.name === NONE.name;
}

// What a single call and a single session are like, whoever makes them: sizes, times, and how often something goes wrong.

/** A typical value, and the standard deviation of its logarithm: half of the draws are below the median. */
export type Spread = readonly [median: number, spread: number];

/** What each call does, whoever makes it. */
export const CALL_RATES = {
  /** Tokens that a person types or pastes, that a tool gives back, and that the model answers. */
  promptTokens: [160, 0.9],
  toolResultTokens: [2200, 1],
  answerTokens: [320, 0.8],
  /** Attempts that fail, on an ordinary day and while a provider is down. */
  failing: 0.012,
  failingInOutage: 0.6,
  attemptsMax: 4,
  backoffMs: [1500, 0.8],
  /** Answers that the client broke off; calls whose usage nobody reported (of clients that have to ask for it). */
  abandoned: 0.006,
  usageUnreported: 0.08,
  /** From a request to the first token, and from one token to the next. */
  firstByteMs: [900, 0.6],
  tokenMs: [14, 0.3],
} as const satisfies Record<string, Spread | number>;

/** What a session does, by chance a turn or a session. */
export const SESSION_RATES = {
  /** Between a person's prompts, and of a tool at work, in milliseconds. */
  thinkingMs: [75_000, 1],
  toolMs: [2500, 1],
  thinkingMsMax: 45 * 60_000,
  spawningAgent: 0.05,
  agentRounds: [4, 0.5],
  countingTokens: 0.15,
  /** A conversation this long is summarised, and goes on from a summary of this many tokens. */
  contextTokensMax: 150_000,
  summaryTokens: 9000,
  roundsMax: 40,
  turnsMax: 60,
} as const satisfies Record<string, Spread | number>;

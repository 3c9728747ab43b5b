// Makes a run of a virtual person of a real session: shifted in time, jittered, in its own order, its hashes under a salt.

import type { Random } from "../../simulation/random.ts";
import { saltPrompt } from "./sketches.ts";
import type { SourceCall, SourceSession } from "./source.ts";
import { createToolKinds } from "./tools.ts";
import type { ClientName, VirtualCall, VirtualOutcome, VirtualRun } from "./virtual.ts";

/** Of each pause, that it is longer or shorter by. */
const JITTER = 0.2;
/** Share of landed commits whose pull request somebody else approved; those of the others count by lines that survived. */
export const REVIEWED_SHARE = 0.8;
const SURVIVAL_MS = 7 * 86_400_000;
/** A review takes a while: half of them less than this. */
const REVIEW_MS_MEDIAN = 20 * 3_600_000;
const REVIEW_SPREAD = 0.8;
const REVIEW_MS_MAX = 6 * 86_400_000;
/** What people write hardly repeats itself, but for a log that some paste. The data do not say: these shares are assumptions. */
const LOG_SHARE = 0.03;
const LOG = { repetition: [0.2, 0.6], compression: [0.08, 0.25] } as const;
const PROSE = { repetition: [0, 0.08], compression: [0.35, 0.65] } as const;
const CALL_MS_MAX = 120_000;
const MS_PER_OUTPUT_TOKEN = 12;

const CLIENTS: ReadonlyMap<string, ClientName> = new Map([
  ["Claude Code", "claude-code"],
  ["Codex", "codex"],
  ["OpenCode", "opencode"],
]);

const kindOf = createToolKinds();

export interface Placement {
  session: string;
  startsAtMs: number;
  /** The same for all that one person did in one lap through the data, so that what repeats there repeats here. */
  salt: number;
  random: Random;
}

export function toRun(source: SourceSession, { session, startsAtMs, salt, random }: Placement): VirtualRun {
  const client = CLIENTS.get(source.agent) ?? "other";
  let afterMs = 0;
  let beforeMs = 0;
  const lastOf = new Map<string, SourceCall>();
  const calls = source.calls.map((call, at): VirtualCall => {
    afterMs += Math.round((call.afterMs - beforeMs) * (1 + random.between(-JITTER, JITTER)));
    beforeMs = call.afterMs;
    const former = lastOf.get(call.subAgent);
    lastOf.set(call.subAgent, call);
    return toCall(call, { former, afterMs, client, salt, name: `${session}.${at}`, random });
  });
  return {
    session,
    startsAtMs,
    client,
    entrypoint: "interactive",
    calls,
    outcomes: source.landedAfterMs.map((landedMs) => toOutcome(landedMs, random)),
    isInjected: false,
  };
}

/** A commit that landed: its pull request when somebody approved it, else its lines a week after. */
function toOutcome(landedMs: number, random: Random): VirtualOutcome {
  if (!random.chance(REVIEWED_SHARE))
    return { afterMs: landedMs + SURVIVAL_MS, kind: "lines_survived", isReviewed: false };
  const reviewMs = Math.min(random.logNormal(REVIEW_MS_MEDIAN, REVIEW_SPREAD), REVIEW_MS_MAX);
  return { afterMs: Math.round(landedMs + reviewMs), kind: "pr_merged", isReviewed: true };
}

interface CallPlace {
  /** The call before of the same agent. */
  former: SourceCall | undefined;
  afterMs: number;
  client: ClientName;
  salt: number;
  name: string;
  random: Random;
}

function toCall(call: SourceCall, { former, afterMs, client, salt, name, random }: CallPlace): VirtualCall {
  const trigger = triggerOf(call);
  const isPrompt = trigger === "human" || trigger === "agent";
  const prompt = isPrompt && call.promptHashes.length > 0 ? saltPrompt(call.promptHashes, salt) : undefined;
  const content = random.chance(LOG_SHARE) ? LOG : PROSE;
  const repetition = round(random.between(content.repetition[0], content.repetition[1]));
  const compression = round(random.between(content.compression[0], content.compression[1]));
  return {
    afterMs,
    durationMs: Math.min(CALL_MS_MAX, 1500 + call.tokens.output * MS_PER_OUTPUT_TOKEN),
    model: call.model,
    agent: call.subAgent,
    trigger,
    tokens: call.tokens,
    ...(prompt === undefined ? {} : { prompt: { ...prompt, repetition, compression } }),
    toolChars: isPrompt ? 0 : call.inputChars,
    tools: call.tools.map((tool, at) => {
      const kind = kindOf(client, tool);
      return {
        name: tool,
        kind,
        args: `${salt}.${call.toolHash}.${at}`,
        target: targetOf(kind, call.toolHash),
      };
    }),
    results:
      trigger === "tool" && former !== undefined
        ? former.tools.map((_tool, at) => ({
            hash: `${former.toolHash}.${call.inputChars}.${at}`,
            isError: call.isToolError && at === 0,
          }))
        : [],
    answer: { chars: call.outputChars, hash: `a${name}` },
    stop: call.tools.length > 0 ? "tool" : "end",
  };
}

function triggerOf({ trigger, subAgent }: SourceCall): VirtualCall["trigger"] {
  if (trigger === "other") return "unknown";
  if (trigger === "tool") return "tool";
  return subAgent === "" ? "human" : "agent";
}

function targetOf(kind: string, toolHash: string): string {
  return kind === "read" || kind === "write" ? `f${toolHash}` : "";
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

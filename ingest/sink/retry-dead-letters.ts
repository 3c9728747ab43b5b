// Tries dead letters again: each goes the way of any other record, and what is refused once more says why.

import { parseMessage } from "../bus/parse-message.ts";
import type { DeadLetter, DeliveredRecord } from "../spool/writer-cursor.ts";
import type { DeadLetterStore, KeptLetter, Verdict } from "./dead-letters.ts";

export interface RetryOptions {
  /** Only letters whose reason holds this text. */
  reason: string;
  lettersMax: number;
  /** Delivers records, and tells `keep` of those that are refused. */
  deliver: (
    records: readonly DeliveredRecord[],
    keep: (refused: readonly DeadLetter[]) => void,
  ) => Promise<void>;
}

export interface RetrySummary {
  tried: number;
  stored: number;
  stayed: number;
}

/** @throws AppError of the store, when nothing can be said of single letters; they stay */
export async function retryDeadLetters(
  letters: DeadLetterStore,
  { reason, lettersMax, deliver }: RetryOptions,
): Promise<RetrySummary> {
  const summary: RetrySummary = { tried: 0, stored: 0, stayed: 0 };

  async function judge(offered: readonly KeptLetter[]): Promise<Verdict[]> {
    const matching = offered.filter((letter) => letter.reason.includes(reason));
    const tried = matching.slice(0, lettersMax - summary.tried);
    const verdicts = await tryAll(tried, deliver);
    summary.tried += tried.length;
    for (const verdict of verdicts.values()) summary[verdict === "stored" ? "stored" : "stayed"]++;
    return offered.map((letter) => verdicts.get(letter) ?? "stays");
  }

  await letters.retry({ judge, isEnough: () => summary.tried >= lettersMax });
  return summary;
}

async function tryAll(
  letters: readonly KeptLetter[],
  deliver: RetryOptions["deliver"],
): Promise<Map<KeptLetter, Verdict>> {
  const verdicts = new Map<KeptLetter, Verdict>();
  const records = new Map<KeptLetter, DeliveredRecord>();
  for (const letter of letters) {
    const parsed = parseMessage(letter.payload);
    if ("record" in parsed) records.set(letter, parsed);
    else verdicts.set(letter, toVerdict(letter, parsed.reason));
  }
  const refusals = new Map<string, string>();
  await deliver([...records.values()], (refused) => {
    for (const { payload, reason } of refused) refusals.set(payload, reason);
  });
  for (const [letter, record] of records) {
    const refusal = refusals.get(JSON.stringify(record));
    verdicts.set(letter, refusal === undefined ? "stored" : toVerdict(letter, refusal));
  }
  return verdicts;
}

function toVerdict(letter: KeptLetter, reason: string): Verdict {
  return reason === letter.reason ? "stays" : { reason };
}

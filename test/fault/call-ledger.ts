// What the world outside knows of each call, which is what Assay's records are held against: what its client saw of it, and
// whether it reached the provider.
//
// Always holds: entry N is call N. A call that is under way has no `endedAtMs`.

import assert from "node:assert/strict";

export interface LedgerCall {
  number: number;
  /** Which gateway it was sent to, from 1. */
  gateway: number;
  /** Milliseconds since 1970, as all times here. */
  startedAtMs: number;
  endedAtMs: number | undefined;
  /** `answered`: with 200, and to the last byte. `refused`: with another status. `broken`: the answer did not end, or never began. */
  end: "under way" | "answered" | "refused" | "broken";
  /** 0 where none came. */
  status: number;
  /** From the answer's `x-assay-event-id`. */
  eventId: string | undefined;
  hasReachedProvider: boolean;
}

export type CallEnd = Pick<LedgerCall, "end" | "status" | "eventId" | "endedAtMs">;

export class CallLedger {
  readonly calls: LedgerCall[] = [];

  /** Begins the next call, and returns it. */
  begin(gateway: number, startedAtMs: number): LedgerCall {
    const call: LedgerCall = {
      number: this.calls.length,
      gateway,
      startedAtMs,
      endedAtMs: undefined,
      end: "under way",
      status: 0,
      eventId: undefined,
      hasReachedProvider: false,
    };
    this.calls.push(call);
    return call;
  }

  reachProvider(number: number): void {
    const call = this.calls[number];
    assert(call, `the provider was sent call ${number}, which nobody made`);
    call.hasReachedProvider = true;
  }

  count(end: LedgerCall["end"]): number {
    return this.calls.reduce((sum, call) => sum + (call.end === end ? 1 : 0), 0);
  }
}

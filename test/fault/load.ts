// A steady load of numbered calls, spread over the gateways in turn. Calls begin when their time has come, whether the ones before
// are answered or not, as those of many clients do. A call that fails is not repeated; the next one has another number.

import { setTimeout as wait } from "node:timers/promises";
import { send } from "../services/raw-client.ts";
import type { CallEnd, CallLedger, LedgerCall } from "./call-ledger.ts";
import { requestOf } from "./numbered-calls.ts";

/** While a gateway is paused its calls pile up; beyond this no more are begun until some have ended. */
const UNDER_WAY_MAX = 1000;

export interface LoadOptions {
  ledger: CallLedger;
  /** Where each gateway is at the moment. */
  gatewayUrls: readonly (() => string)[];
  keys: readonly string[];
  callsPerSecond: number;
}

export interface Load {
  /** Begins no more calls, and resolves when those under way have ended or `patienceMs` is over. */
  stop(patienceMs: number): Promise<void>;
}

export function startLoad({ ledger, gatewayUrls, keys, callsPerSecond }: LoadOptions): Load {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function run(): Promise<void> {
    const beganAt = performance.now();
    for (let made = 1; !stopping.signal.aborted; made++) {
      const pauseMs = beganAt + (made * 1000) / callsPerSecond - performance.now();
      if (pauseMs > 0) await wait(pauseMs);
      if (underWay.size >= UNDER_WAY_MAX) continue;
      const gateway = made % gatewayUrls.length;
      const call = ledger.begin(gateway + 1, Date.now());
      const sent = carryOut(call, gatewayUrls[gateway]?.() ?? "", keys[call.number % keys.length] ?? "");
      underWay.add(sent);
      void sent.then(() => underWay.delete(sent));
    }
  }

  const running = run();
  return {
    async stop(patienceMs) {
      stopping.abort();
      await running;
      const over = new AbortController();
      const patience = wait(patienceMs, undefined, { signal: over.signal }).catch(() => undefined);
      await Promise.race([Promise.all(underWay), patience]);
      over.abort();
    },
  };
}

async function carryOut(call: LedgerCall, url: string, key: string): Promise<void> {
  const { path, headers, body } = requestOf(call.number, key);
  Object.assign(call, await endOf(`${url}${path}`, { headers, body }));
}

async function endOf(
  url: string,
  request: { headers: Record<string, string>; body: string },
): Promise<CallEnd> {
  try {
    const answer = await send(url, request);
    const end = answer.status !== 200 ? "refused" : answer.isWhole ? "answered" : "broken";
    const eventId = answer.headers["x-assay-event-id"];
    return {
      end,
      status: answer.status,
      eventId: typeof eventId === "string" ? eventId : undefined,
      endedAtMs: Date.now(),
    };
  } catch {
    // The gateway is gone: the ledger says so, and whether it may be is judged afterwards.
    return { end: "broken", status: 0, eventId: undefined, endedAtMs: Date.now() };
  }
}

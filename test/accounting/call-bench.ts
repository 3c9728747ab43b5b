// A gateway in front of a replay provider, and the records of the calls that a test made through it.

import { expect } from "vitest";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { startTestGateway } from "../services/gateway.ts";
import { send, type RawAnswer, type RawRequest } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

/** A record of a call whose client has left is made when its provider has been heard out. */
const RECORD_MS_MAX = 10_000;

export interface CallBench {
  url: string;
  replay: ReplayProvider;
  /** Posts a JSON document; its path decides which provider it is for. */
  ask(path: string, document: object, options?: RawRequest): Promise<RawAnswer>;
  /** The records of all calls since the last time: waits until there are so many, and fails if there are more. */
  takeEvents(count: number): Promise<TokenEvent[]>;
  takeEvent(): Promise<TokenEvent>;
  /** Forgets the script, and what was recorded. */
  reset(): void;
  close(): Promise<void>;
}

/** @param upstreams further ones by name, all of the replay provider, with the wire format that each speaks */
export async function openCallBench(upstreams: Readonly<Record<string, string>> = {}): Promise<CallBench> {
  const replay = await startReplayProvider();
  const settings = Object.entries(upstreams).flatMap(([name, kind]) => [
    [`ASSAY_UPSTREAM_${name.toUpperCase()}_URL`, replay.url],
    [`ASSAY_UPSTREAM_${name.toUpperCase()}_KIND`, kind],
  ]);
  const gateway = await startTestGateway({ upstreamUrl: replay.url, settings: Object.fromEntries(settings) });

  async function takeEvents(count: number): Promise<TokenEvent[]> {
    const events: TokenEvent[] = [];
    const take = (): number => events.push(...gateway.takeEvents());
    await expect.poll(take, { interval: 5, timeout: RECORD_MS_MAX }).toBeGreaterThanOrEqual(count);
    expect(events).toHaveLength(count);
    return events;
  }

  return {
    url: gateway.url,
    replay,
    ask: (path, document, options = {}) =>
      send(gateway.url + path, { body: JSON.stringify(document), ...options }),
    takeEvents,
    async takeEvent() {
      const [event] = await takeEvents(1);
      if (!event) throw new Error("no record");
      return event;
    },
    reset() {
      replay.respond(undefined);
      gateway.takeEvents();
    },
    async close() {
      await gateway.close();
      await replay.close();
    },
  };
}

// A program with one of the usual libraries, in a loop of tool calls, gets through Assay what it gets without it, and each of its
// calls is on record with the provider's counts.

import { afterAll, beforeAll, expect, test } from "vitest";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { LIBRARY_LOOPS, LOOP_TASK } from "./library-loops.ts";
import {
  startScriptedProvider,
  type ScriptedCall,
  type ScriptedProvider,
} from "./scripted/scripted-provider.ts";

let provider: ScriptedProvider;
let gateway: TestGateway;
beforeAll(async () => {
  provider = await startScriptedProvider();
  gateway = await startTestGateway({ upstreamUrl: provider.url });
});
afterAll(async () => {
  await gateway.close();
  await provider.close();
});

/** Google gives tool calls no ids, and `ai` makes up some by chance. */
const MADE_UP_ID = /"id":"\w{16}"/g;

function toSent({ method, url, body }: ScriptedCall): string[] {
  return [`${method} ${url}`, body.toString().replaceAll(MADE_UP_ID, '"id":""')];
}

test.each(LIBRARY_LOOPS)("$name: the same loop through Assay as without it", async (loop) => {
  provider.play([LOOP_TASK], loop.name);
  const direct = await loop.run({ url: provider.url, apiKey: "of-the-provider" });
  const sent = provider.calls.map(toSent);
  provider.play([LOOP_TASK], loop.name);
  gateway.takeEvents();
  const throughAssay = await loop.run({ url: gateway.url, apiKey: "of-the-provider" });
  const events = gateway.takeEvents();

  expect(JSON.stringify(direct)).toContain(LOOP_TASK.steps.at(-1)?.text);
  expect(throughAssay).toEqual(direct);
  expect(provider.calls.map(({ place }) => place)).toEqual(["count:0", "count:1"]);
  expect(provider.calls.map(toSent)).toEqual(sent);
  expect(events.map(({ client }) => client)).toEqual([loop.client, loop.client]);
  const [first, second] = events;
  expect(second?.previous_response_id).toBe(loop.isNamingPrevious ? first?.response_id : null);
  for (const [at, { responseId, usage }] of provider.calls.entries()) {
    expect(events[at]?.response_id).toBe(responseId);
    for (const field of TOKEN_FIELDS) expect(events[at]?.[field] ?? 0, field).toBe(usage[field] ?? 0);
  }
});

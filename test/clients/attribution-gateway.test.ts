// Through a gateway as it runs: what a client says of its work ends on record, and what is meant for Assay at Assay.

import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

let replay: ReplayProvider;
let gateway: TestGateway;

beforeAll(async () => {
  replay = await startReplayProvider();
  gateway = await startTestGateway({ upstreamUrl: replay.url });
});
afterAll(async () => {
  await gateway.close();
  await replay.close();
});

test("attribution in the path is on record, and the provider gets the path without it", async () => {
  await send(`${gateway.url}/t/team-a,session=s/run=7/v1/messages?beta=true`, { body: "{}" });
  expect(replay.requests.at(-1)?.url).toBe("/v1/messages?beta=true");
  expect(gateway.takeEvents()).toMatchObject([
    { session_id: "s", client_run_id: "7", run_id_source: "explicit", tags: { "team-a": "" } },
  ]);
});

test("a client's own words reach the provider as they came, and ours do not", async () => {
  const headers = {
    "user-agent": "claude-cli/2.1.329 (external, sdk-cli)",
    "x-claude-code-session-id": "s",
    "x-claude-code-agent-id": "a",
    "x-assay-run-id": "r",
  };
  const body = JSON.stringify({ messages: [{ role: "user", content: "Look" }], metadata: { user_id: "u" } });
  await send(`${gateway.url}/v1/messages`, { headers, body });
  const sent = replay.requests.at(-1);
  expect(sent?.headers).toMatchObject({ "x-claude-code-session-id": "s", "x-claude-code-agent-id": "a" });
  expect(sent?.headers["x-assay-run-id"]).toBeUndefined();
  expect(sent?.body.toString()).toBe(body);
  expect(gateway.takeEvents()).toMatchObject([
    {
      person_id: null,
      client: "claude-code",
      entrypoint: "headless",
      session_id: "s",
      client_run_id: "r",
      agent_id: "a",
      request_kind: "subagent",
      trigger: "agent",
    },
  ]);
});

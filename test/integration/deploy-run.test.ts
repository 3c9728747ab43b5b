// The services of docker-compose.yml run, from what the Dockerfile copies, with the environment that the file gives them: a
// call through each gateway is on its person's page, and every part ends in time when it is told to.

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { meSchema, usageSchema } from "../../schemas/dashboard-api.ts";
import { isBuiltHere, readCompose, toMilliseconds } from "../services/compose.ts";
import { openDeployment, type Deployment, type ServiceProcess } from "../services/deployment.ts";
import { needsOwnKafka } from "../services/kafka.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const START_MS_MAX = 240_000;
const POLL_MS = 100;
const DAY_MS = 86_400_000;
const OWNER = "owner@localhost";

describe("docker-compose.yml, run as plain processes", needsOwnKafka, () => {
  let replay: ReplayProvider;
  let deployment: Deployment;
  let running: { command: string | undefined; service: ServiceProcess }[];
  let key: string;

  beforeAll(async () => {
    replay = await startReplayProvider();
    deployment = await openDeployment();
    await deployment.run("migrate");
    const staying = Object.entries(readCompose().services).filter(
      ([name, service]) => isBuiltHere(service) && name !== "migrate",
    );
    running = staying.flatMap(([name, { command, deploy }]) =>
      Array.from({ length: deploy.replicas }, () => ({
        command: command[0],
        service: deployment.start(name, { ASSAY_UPSTREAM_OPENAI_URL: replay.url }),
      })),
    );
    await the("dashboard").port("dashboard");
    const created = await deployment.run("dashboard", "keys", "create", "--person", OWNER, "--json");
    key = /assay_[\w-]{43}/.exec(created)?.[0] ?? "";
  }, START_MS_MAX);
  afterAll(async () => {
    await deployment.close();
    await replay.close();
  }, START_MS_MAX);

  it("every part becomes ready", { timeout: START_MS_MAX }, async () => {
    for (const { service } of running) {
      const vitals = `http://127.0.0.1:${await service.port("metrics")}`;
      while ((await fetch(`${vitals}/readyz`)).status !== 200) await wait(POLL_MS);
      expect(await (await fetch(`${vitals}/healthz`)).json()).toEqual({ status: "alive" });
    }
  });

  it("a call through each gateway is on its person's page", { timeout: START_MS_MAX }, async () => {
    const gateways = running.filter(({ command }) => command === "gateway");
    expect(gateways).toHaveLength(2);
    for (const { service: gateway } of gateways) {
      const url = `http://127.0.0.1:${await gateway.port("gateway")}/v1/chat/completions`;
      const body = JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: "Hello" }] });
      const headers = {
        "x-assay-key": key,
        authorization: "Bearer theirs",
        "content-type": "application/json",
      };
      // A key that was made a moment ago is known as soon as the gateway has asked for keys again.
      while ((await fetch(url, { method: "POST", headers, body })).status !== 200) await wait(POLL_MS);
    }
    const usage = await signIn();
    while ((await usage()) < gateways.length) await wait(POLL_MS);
    expect(await usage()).toBe(gateways.length);
  });

  it("every part ends by itself before Compose would kill it", { timeout: START_MS_MAX }, async () => {
    const from = performance.now();
    const ends = await Promise.all(running.map(({ service }) => service.stop()));
    const graceMs = toMilliseconds(readCompose().services["gateway-1"]?.stop_grace_period ?? "0s");
    expect(performance.now() - from).toBeLessThan(graceMs);
    for (const end of ends) expect(end).toEqual({ exitCode: 0, signal: null });
  });

  function the(command: string): ServiceProcess {
    const found = running.find((one) => one.command === command);
    if (!found) throw new Error(`no ${command} runs`);
    return found.service;
  }

  /** As a browser would, with a link from an operator. Returns how to ask for the number of the person's calls. */
  async function signIn(): Promise<() => Promise<number>> {
    const link = new URL((await deployment.run("dashboard", "login-link", OWNER)).trim());
    const origin = `http://127.0.0.1:${await the("dashboard").port("dashboard")}`;
    const signedIn = await fetch(`${origin}/api/v1/sign-in`, {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin", "content-type": "application/json" },
      body: JSON.stringify({ token: link.hash.slice(1) }),
    });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const ask = async (path: string): Promise<unknown> =>
      (await fetch(`${origin}/api/v1/${path}`, { headers: { cookie } })).json();
    const { person_id } = meSchema.parse(await ask("me"));
    return async () => {
      const days = `from=${dayOf(Date.now() - DAY_MS)}&to=${dayOf(Date.now())}`;
      return usageSchema.parse(await ask(`people/${person_id}/usage?${days}`)).totals.calls;
    };
  }
});

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

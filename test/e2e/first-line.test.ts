// One real line through everything: the providers' own libraries call through a running `assay start`, and the person sees
// those calls, and no others, in a browser.

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatCount } from "../../dashboard/web/prepare/format.ts";
import { meSchema, usageSchema } from "../../schemas/dashboard-api.ts";
import { tokenEventSchema, TOKEN_FIELDS, type TokenEvent } from "../../schemas/token-event.ts";
import { TestAssay, type RunningAssay } from "../services/assay.ts";
import { openBrowser } from "../services/browser.ts";
import { fixturesAvailable } from "../services/fixtures.ts";
import { ownFixtures } from "../services/fixtures-own.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";
import { LIBRARY_CALLS } from "./library-calls.ts";
import { totalsOf } from "./recorded-usage.ts";

const PATIENCE_MS = 60_000;

let replay: ReplayProvider;
let assay: TestAssay;
let running: RunningAssay;

/** What a library gave back, and the rows that its calls became. */
interface Outcome {
  direct: unknown;
  throughGateway: unknown;
  events: TokenEvent[];
}
const outcomes = new Map<string, Outcome>();

/** All calls go first and the rows are asked for once, because each command is a process of its own. */
beforeAll(async () => {
  replay = await startReplayProvider();
  assay = new TestAssay({
    ASSAY_UPSTREAM_OPENAI_URL: replay.url,
    ASSAY_UPSTREAM_ANTHROPIC_URL: replay.url,
    ASSAY_UPSTREAM_GEMINI_URL: replay.url,
  });
  running = await assay.start();
  const counts = new Map<string, number>();
  for (const call of LIBRARY_CALLS) {
    for (const fixture of fixturesAvailable ? [call.own, call.recorded] : [call.own]) {
      const direct = await call.run({ url: replay.url, apiKey: "provider-key" }, fixture);
      const before = replay.requests.length;
      const throughGateway = await call.run({ url: running.gatewayUrl, apiKey: ownerKey() }, fixture);
      counts.set(fixture, replay.requests.length - before);
      outcomes.set(fixture, { direct, throughGateway, events: [] });
    }
  }
  const events = await untilStored([...counts.values()].reduce((total, count) => total + count, 0));
  for (const [fixture, count] of counts) outcomes.get(fixture)?.events.push(...events.splice(0, count));
}, PATIENCE_MS);

afterAll(async () => {
  await running.stop();
  assay.remove();
  await replay.close();
}, PATIENCE_MS);

function ownerKey(): string {
  return running.firstSteps?.key ?? "";
}

async function exportEvents(): Promise<TokenEvent[]> {
  const { stdout, stderr, exitCode } = await assay.run("export", "events", "--reason", "end-to-end test");
  expect(exitCode, stderr).toBe(0);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => tokenEventSchema.parse(JSON.parse(line)))
    .toSorted((a, b) => a.sequence - b.sequence);
}

/** Asks again until all are there; more than were asked for is found by the comparison of each. */
async function untilStored(count: number): Promise<TokenEvent[]> {
  for (;;) {
    const events = await exportEvents();
    if (events.length >= count) return events;
  }
}

function outcomeOf(fixture: string): Outcome {
  const outcome = outcomes.get(fixture);
  if (!outcome) throw new Error(`${fixture} was not asked for`);
  return outcome;
}

describe.each(LIBRARY_CALLS)("$name", ({ own, recorded }) => {
  it.each([own, ...(fixturesAvailable ? [recorded] : [])])(
    "gives back of %s what it gives without the gateway",
    (fixture) => {
      const { direct, throughGateway } = outcomeOf(fixture);
      expect(JSON.parse(JSON.stringify(throughGateway))).toEqual(JSON.parse(JSON.stringify(direct)));
    },
  );

  it("is on record exactly", () => {
    const expected = ownFixtures().find(({ file }) => file === own)?.expected.usage;
    const { events } = outcomeOf(own);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      expect(event).toMatchObject({
        status: 200,
        usage_source: "reported",
        terminated_by: "complete",
        identity_source: "key",
      });
      for (const field of TOKEN_FIELDS) expect(event[field], field).toBe(expected?.[field] ?? null);
    }
  });

  it.skipIf(!fixturesAvailable)("is on record with the totals that a real provider reported", () => {
    const { events } = outcomeOf(recorded);
    const totals = totalsOf(recorded);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      expect(event.usage_source).toBe("reported");
      expect({ input: sum(event, INPUT_FIELDS), output: sum(event, OUTPUT_FIELDS) }).toEqual(totals);
    }
  });
});

describe("in the browser", () => {
  it(
    "the person sees the tokens of all these calls",
    async () => {
      const events = [...outcomes.values()].flatMap((outcome) => outcome.events);
      const tokens = events.reduce((total, event) => total + sum(event, TOKEN_FIELDS), 0);
      const analysis = await assay.run("analyze");
      expect(analysis.exitCode, analysis.stderr).toBe(0);

      const browser = await openBrowser();
      try {
        const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
        await page.goto(running.firstSteps?.signInLink ?? "");
        await page.getByRole("heading", { name: "My usage" }).waitFor();
        const usage = await readOwnUsage(page);
        expect(usage).toEqual({ calls: events.length, tokens });
        // Written short, exact on hovering.
        await page.getByTitle(formatCount(tokens), { exact: true }).first().waitFor();
        await page.screenshot({ path: "test/output/my-usage.png", fullPage: true });
      } finally {
        await browser.close();
      }
    },
    PATIENCE_MS,
  );

  it(
    "a link opens once: the second who tries gets a sentence, and sees nothing",
    async () => {
      const browser = await openBrowser();
      try {
        const page = await browser.newPage();
        await page.goto(running.firstSteps?.signInLink ?? "");
        await page
          .getByText(/login-link/)
          .first()
          .waitFor();
        expect(await page.getByRole("heading", { name: "My usage" }).count()).toBe(0);
      } finally {
        await browser.close();
      }
    },
    PATIENCE_MS,
  );
});

it(
  "a second start on the same data directory is refused in one sentence",
  async () => {
    const { exitCode, stderr } = await assay.run("start");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Another Assay \(process \d+\) is using .*\. Stop it, or set ASSAY_DATA to another directory\.\n$/,
    );
  },
  PATIENCE_MS,
);

it(
  "Ctrl-C drains and ends everything within 10 seconds",
  async () => {
    const { exitCode, tookMs } = await running.stop();
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(10_000);
  },
  PATIENCE_MS,
);

const INPUT_FIELDS = [
  "input_tokens",
  "cache_read_tokens",
  "cache_write_5m_tokens",
  "cache_write_1h_tokens",
] as const;
const OUTPUT_FIELDS = ["output_tokens", "reasoning_tokens"] as const;

function sum(event: TokenEvent, fields: readonly (keyof TokenEvent)[]): number {
  return fields.reduce((total, field) => total + Number(event[field] ?? 0), 0);
}

/** What the page's figures are drawn from, asked with the page's own session. */
async function readOwnUsage(page: Page): Promise<{ calls: number; tokens: number }> {
  const ask = (path: string): Promise<unknown> =>
    page.evaluate(async (address) => (await fetch(address)).json(), `/api/v1/${path}`);
  const { person_id } = meSchema.parse(await ask("me"));
  const today = new Date().toISOString().slice(0, 10);
  const { totals } = usageSchema.parse(await ask(`people/${person_id}/usage?from=${today}&to=${today}`));
  return {
    calls: totals.calls,
    tokens: Object.values(totals.tokens).reduce((total, count) => total + count, 0),
  };
}

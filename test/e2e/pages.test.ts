// Every page in a real browser, over the simulated history of one person: light and dark, wide and narrow, without a serious
// finding of axe and without sideways scrolling. The screenshots stay in test/output, to be looked at.

import axe, { type AxeResults } from "axe-core";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestAssay, type RunningAssay } from "../services/assay.ts";
import { openBrowser } from "../services/browser.ts";
import { simulateHistory, toLine } from "../simulation/history.ts";
import { createOrganisation, findShowcase } from "../simulation/organisation.ts";

const PATIENCE_MS = 120_000;
const SEED = "pages";
/** Each with its address below the dashboard's, and the name of its screenshot. */
const PAGES = [
  ["My usage", "/usage", "usage"],
  ["My runs", "/runs", "runs"],
  ["Claude Code", "/runs/{the longest}", "run"],
  ["Schedules", "/schedules", "schedules"],
  ["Keys and clients", "/keys", "keys"],
] as const;
const WIDTHS = [1440, 390] as const;
const SCHEMES = ["light", "dark"] as const;

let assay: TestAssay;
let running: RunningAssay;
let browser: Browser;
let email: string;
/** The run of Claude Code with the most calls. */
let longestRun: string;

beforeAll(async () => {
  console.log(`seed ${SEED}`);
  const organisation = createOrganisation({ seed: SEED });
  email = findShowcase(organisation).email;
  assay = new TestAssay({});
  [running, browser] = await Promise.all([assay.start(), openBrowser()]);
  const file = join(assay.dataDir, "history.jsonl");
  const own = simulateHistory(organisation, { now: new Date() }).filter(
    ({ personEmail }) => personEmail === email,
  );
  writeFileSync(file, Array.from(own, toLine).join(""));
  for (const argv of [["import", "events", file], ["analyze"]]) {
    const { exitCode, stderr } = await assay.run(...argv);
    assert.equal(exitCode, 0, stderr);
  }
  longestRun = await findLongestRun();
}, PATIENCE_MS);

afterAll(async () => {
  await browser.close();
  await running.stop();
  assay.remove();
}, PATIENCE_MS);

async function findLongestRun(): Promise<string> {
  const { stdout, stderr } = await assay.run("export", "runs", "--reason", "to open one");
  const runs = stdout
    .trimEnd()
    .split("\n")
    .map((line): { run_id: string; client: string; calls: number } => JSON.parse(line));
  const [longest] = runs
    .filter(({ client }) => client === "claude-code")
    .toSorted((left, right) => right.calls - left.calls);
  assert(longest, stderr);
  return longest.run_id;
}

async function signIn(options: Parameters<Browser["newContext"]>[0]): Promise<BrowserContext> {
  const { stdout } = await assay.run("login-link", email);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(stdout.trim());
  await page.getByRole("heading", { name: "My usage", level: 1 }).waitFor();
  return context;
}

describe.each(SCHEMES)("%s", (colorScheme) => {
  describe.each(WIDTHS)("%i pixels wide", (width) => {
    let context: BrowserContext;
    beforeAll(async () => {
      context = await signIn({ colorScheme, viewport: { width, height: 1000 }, reducedMotion: "reduce" });
    }, PATIENCE_MS);
    afterAll(() => context.close());

    it.each(PAGES)(
      "%s at %s is drawn, accessible, and as wide as the window",
      async (name, path, picture) => {
        const page = await context.newPage();
        const faults: string[] = [];
        page.on("pageerror", (error) => faults.push(error.message));
        page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
        const address = path.replace("{the longest}", encodeURIComponent(longestRun));
        await page.goto(running.dashboardUrl + address, { waitUntil: "networkidle" });
        await page.getByRole("heading", { name, level: 1 }).waitFor();
        await page.screenshot({
          path: `test/output/${picture}-${colorScheme}-${width}.png`,
          fullPage: true,
        });

        await page.evaluate(axe.source);
        const { violations } = await page.evaluate<AxeResults>("axe.run()");
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual(
          [],
        );
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        expect(faults).toEqual([]);
        await page.close();
      },
      PATIENCE_MS,
    );
  });
});

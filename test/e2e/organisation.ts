// The simulated organisation behind a real Assay, and its people in browsers.

import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { z } from "zod";
import { TestAssay, type RunningAssay } from "../services/assay.ts";
import { openBrowser } from "../services/browser.ts";
import { openDoor } from "../simulation/door.ts";
import { COMMANDS } from "../services/commands.ts";
import { createOrganisation, type Organisation, type SimulatedPerson } from "../simulation/organisation.ts";
import { livePast } from "../simulation/past.ts";

const SETTINGS = { ASSAY_INDIVIDUAL_SCORING: "on" };

export interface BrowsedOrganisation {
  organisation: Organisation;
  running: RunningAssay;
  /** Runs a command as another terminal would. @returns its standard output */
  run: (...argv: string[]) => Promise<string>;
  /** A browser in which the person has signed in. */
  signIn(
    person: Pick<SimulatedPerson, "email">,
    options?: Parameters<Browser["newContext"]>[0],
  ): Promise<BrowserContext>;
  close(): Promise<void>;
}

export async function browseOrganisation(seed: string): Promise<BrowsedOrganisation> {
  console.log(`seed ${seed}`);
  const organisation = createOrganisation({ seed });
  const assay = new TestAssay(SETTINGS);
  const door = await openDoor(assay.dataDir, COMMANDS);
  const progress = { step: () => undefined, fraction: () => undefined };
  await livePast(door, organisation, { now: new Date(), progress, signal: new AbortController().signal });
  await door.close();
  const [running, browser] = await Promise.all([assay.start(), openBrowser()]);

  async function run(...argv: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await assay.run(...argv);
    assert.equal(exitCode, 0, stderr);
    return stdout;
  }

  return {
    organisation,
    running,
    run,
    async signIn({ email }, options) {
      const link = await run("login-link", email);
      const context = await browser.newContext({ reducedMotion: "reduce", ...options });
      const page = await context.newPage();
      await page.goto(link.trim());
      await page.getByRole("heading", { name: "My usage", level: 1 }).waitFor();
      await page.close();
      return context;
    },
    async close() {
      await browser.close();
      await running.stop();
      assay.remove();
    },
  };
}

/** Opens an address of the dashboard. What goes wrong in the page is in `faults`. */
export async function openPage(
  context: BrowserContext,
  address: string,
  heading: string | RegExp,
): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(address, { waitUntil: "networkidle" });
  await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
  return { page, faults };
}

/** A pattern that has opened in the organisation's past, and whose it is. */
export async function findOpenPattern({
  run,
}: BrowsedOrganisation): Promise<{ patternId: string; email: string }> {
  const lines = readLines(await run("export", "patterns", "--reason", "to open one"), exportedPatternSchema);
  const open = lines.find(({ state }) => state === "open");
  assert(open !== undefined, "no pattern has opened");
  return { patternId: open.pattern_id, email: open.person_email };
}

const exportedPatternSchema = z.object({
  pattern_id: z.string(),
  person_email: z.string(),
  state: z.string(),
});

/** What a command has printed, a line each. */
export function readLines<Schema extends z.ZodType>(printed: string, schema: Schema): z.output<Schema>[] {
  return printed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => schema.parse(JSON.parse(line)));
}

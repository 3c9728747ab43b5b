// Every page in a real browser, for everybody for whom it is, over the simulated organisation: light and dark, wide and narrow,
// without a serious finding of axe and without sideways scrolling. The screenshots stay in test/output, to be looked at.

import axe, { type AxeResults } from "axe-core";
import assert from "node:assert/strict";
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { findShowcase } from "../simulation/organisation.ts";
import {
  browseOrganisation,
  findOpenPattern,
  openPage,
  readLines,
  type BrowsedOrganisation,
} from "./organisation.ts";

const PATIENCE_MS = 240_000;
const SEED = "founders";
const WIDTHS = [1440, 390] as const;
const SCHEMES = ["light", "dark"] as const;

/** Who looks: the officer, who has the most of their own to show, somebody who is nothing more than themselves and has a pattern, and the others. */
const LOOKERS = ["officer", "noticed", "manager", "owner", "operator"] as const;
type Looker = (typeof LOOKERS)[number];

const OWN = ["My usage", "My runs", "My patterns", "Schedules"];
const SHARED = ["Keys and clients", "Policy and audit", "Settings"];
/** Not for everybody. */
const SOME = ["Review", "Organisation", "Operator"];
/** What the rail lists for each of them. */
const RAILS: Readonly<Record<Looker, readonly string[]>> = {
  noticed: [...OWN, ...SHARED],
  manager: [...OWN, "Review", ...SHARED],
  owner: [...OWN, "Review", "Organisation", ...SHARED, "Operator"],
  officer: [...OWN, "Review", ...SHARED],
  operator: [...OWN, ...SHARED, "Operator"],
};

/** Title, address, name of the screenshot, and whose it is. */
const PAGES: readonly (readonly [string | RegExp, string, string, Looker])[] = [
  ["My usage", "/usage", "usage", "officer"],
  ["My usage", "/usage?range=12w", "usage-weeks", "officer"],
  ["My runs", "/runs", "runs", "officer"],
  ["Claude Code", "/runs/{run}", "run", "officer"],
  ["Schedules", "/schedules", "schedules", "officer"],
  ["Keys and clients", "/keys", "keys", "operator"],
  ["My patterns", "/patterns", "patterns-none", "officer"],
  [/^A pattern to discuss/, "/patterns/{pattern}", "pattern", "noticed"],
  ["Review", "/review", "review", "manager"],
  ["Review", "/review/{pattern}", "reviewed", "manager"],
  ["Organisation", "/organisation", "organisation", "owner"],
  ["Policy and audit", "/policy", "policy", "noticed"],
  ["Settings", "/settings", "settings", "owner"],
  ["Operator", "/operator", "operator", "operator"],
];

let assay: BrowsedOrganisation;
let emails: Record<Looker, string>;
let ids: { run: string; pattern: string };

beforeAll(async () => {
  assay = await browseOrganisation(SEED);
  const pattern = await findOpenPattern(assay);
  const { people } = assay.organisation;
  const noticed = people.find(({ email }) => email === pattern.email);
  assert(noticed !== undefined);
  const withRole = (role: string) => people.find((person) => person.role === role)?.email ?? "";
  emails = {
    noticed: noticed.email,
    manager: noticed.managerEmail,
    owner: withRole("owner"),
    officer: findShowcase(assay.organisation).email,
    operator: withRole("operator"),
  };
  ids = { run: await findLongestRun(emails.officer), pattern: pattern.patternId };
}, PATIENCE_MS);

afterAll(() => assay.close(), PATIENCE_MS);

/** Of Claude Code's, the one with the most calls. */
async function findLongestRun(email: string): Promise<string> {
  const exported = await assay.run("export", "runs", "--reason", "to open one");
  const runs = readLines(exported, exportedRunSchema).filter(
    ({ client, person_email }) => client === "claude-code" && person_email === email,
  );
  const [longest] = runs.toSorted((left, right) => right.calls - left.calls);
  assert(longest, "the person has no run of Claude Code");
  return longest.run_id;
}

const exportedRunSchema = z.object({
  run_id: z.string(),
  client: z.string(),
  calls: z.int(),
  person_email: z.string().nullable(),
});

const toAddress = (path: string) =>
  assay.running.dashboardUrl +
  path.replaceAll(/\{(run|pattern)\}/g, (_whole, name: "run" | "pattern") => encodeURIComponent(ids[name]));

async function findSeriousFindings(
  context: BrowserContext,
  path: string,
  heading: string | RegExp,
  picture: string,
) {
  const { page, faults } = await openPage(context, toAddress(path), heading);
  await page.screenshot({ path: `test/output/${picture}.png`, fullPage: true });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  const width = await page.evaluate("document.documentElement.scrollWidth");
  await page.close();
  return { serious, faults, width };
}

describe.each(SCHEMES)("%s", (colorScheme) => {
  describe.each(WIDTHS)("%i pixels wide", (width) => {
    const contexts = new Map<Looker, BrowserContext>();
    afterAll(async () => {
      for (const context of contexts.values()) await context.close();
    });

    it.each(PAGES)(
      "%s at %s is drawn, accessible, and as wide as the window",
      async (heading, path, picture, looker) => {
        const context =
          contexts.get(looker) ??
          (await assay.signIn({ email: emails[looker] }, { colorScheme, viewport: { width, height: 1000 } }));
        contexts.set(looker, context);
        const name = `${picture}-${colorScheme}-${width}`;
        expect(await findSeriousFindings(context, path, heading, name)).toEqual({
          serious: [],
          faults: [],
          width,
        });
      },
      PATIENCE_MS,
    );
  });
});

describe.each(LOOKERS)("the %s", (looker) => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await assay.signIn({ email: emails[looker] });
  }, PATIENCE_MS);
  afterAll(() => context.close());

  it(
    "finds in the rail the pages that are for them, and no others",
    async () => {
      const { page } = await openPage(context, toAddress("/usage"), "My usage");
      const links = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
      expect(await links.allTextContents()).toEqual(RAILS[looker]);
      for (const label of RAILS[looker]) {
        await links.filter({ hasText: label }).first().click();
        await page.getByRole("heading", { name: label, level: 1 }).waitFor();
        await page.waitForLoadState("networkidle");
        expect(await page.getByText("This could not be loaded").count(), label).toBe(0);
      }
      await page.close();
    },
    PATIENCE_MS,
  );

  it(
    "gets none of the others by their addresses",
    async () => {
      const absent = PAGES.filter(
        ([heading]) =>
          typeof heading === "string" && SOME.includes(heading) && !RAILS[looker].includes(heading),
      );
      for (const [heading, path] of absent) {
        const { page } = await openPage(context, toAddress(path), "There is no page here");
        expect(await page.getByRole("link", { name: heading }).count(), path).toBe(0);
        await page.close();
      }
    },
    PATIENCE_MS,
  );
});

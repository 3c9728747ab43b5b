// What people come to the dashboard for, done in a real browser on the simulated organisation: each task from the page to what it
// leaves behind.

import assert from "node:assert/strict";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findShowcase } from "../simulation/organisation.ts";
import { browseOrganisation, findOpenPattern, openPage, type BrowsedOrganisation } from "./organisation.ts";

const PATIENCE_MS = 240_000;
/** The same as of the pages, so that there is a pattern that has opened. */
const SEED = "founders";

let assay: BrowsedOrganisation;
let noticedEmail: string;
let managerEmail: string;
let officerEmail: string;
let patternId: string;

beforeAll(async () => {
  assay = await browseOrganisation(SEED);
  const pattern = await findOpenPattern(assay);
  const { people } = assay.organisation;
  const noticed = people.find(({ email }) => email === pattern.email);
  assert(noticed !== undefined);
  patternId = pattern.patternId;
  noticedEmail = noticed.email;
  managerEmail = noticed.managerEmail;
  officerEmail = people.find(({ role }) => role === "officer")?.email ?? "";
}, PATIENCE_MS);

afterAll(() => assay.close(), PATIENCE_MS);

/** Does something as somebody, from an address on. Fails on whatever goes wrong in the page. */
async function as(
  email: string,
  [path, heading]: readonly [string, string | RegExp],
  work: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<void> {
  const context = await assay.signIn({ email });
  const { page, faults } = await openPage(context, assay.running.dashboardUrl + path, heading);
  try {
    await work(page, context);
    expect(faults).toEqual([]);
  } finally {
    await context.close();
  }
}

describe("of one's own", () => {
  it(
    "the class of a run is corrected on its page, and stands there with what it was",
    async () => {
      await as(findShowcase(assay.organisation).email, ["/runs", "My runs"], async (page) => {
        await page.locator("tbody a").first().click();
        await page.getByRole("button", { name: "Correct it" }).click();
        const dialog = page.getByRole("dialog");
        await dialog.getByRole("combobox").selectOption("batch");
        await dialog.getByRole("button", { name: "Correct", exact: true }).click();
        await dialog.waitFor({ state: "hidden" });
        await page.getByText(/You made it Batch/).waitFor();
        expect(await page.getByRole("dialog").count()).toBe(0);
      });
    },
    PATIENCE_MS,
  );

  it(
    "a key is made and rotated; each secret is shown once",
    async () => {
      await as(findShowcase(assay.organisation).email, ["/keys", "Keys and clients"], async (page) => {
        const dialog = page.getByRole("dialog");
        const secret = dialog.getByText(/assay_[\w-]{43}/).first();
        await page.locator("main").getByRole("button", { name: "Create a key", exact: true }).click();
        await dialog.getByLabel("Name", { exact: true }).fill("laptop");
        await dialog.locator("button[type=submit]").click();
        await secret.waitFor();
        await dialog.getByRole("button", { name: "Done" }).click();
        await page.getByRole("button", { name: "Rotate laptop" }).click();
        await dialog.locator("button[type=submit]").click();
        await secret.waitFor();
        await dialog.getByRole("button", { name: "Done" }).click();
        expect(await page.getByText(/assay_[\w-]{43}/).count()).toBe(0);
        // The old one is still there, with its end.
        await page.getByRole("row").filter({ hasText: "laptop" }).nth(1).waitFor();
      });
    },
    PATIENCE_MS,
  );

  it(
    "what is kept is exported as a file",
    async () => {
      await as(findShowcase(assay.organisation).email, ["/usage", "My usage"], async (page) => {
        await page.getByText("Export", { exact: true }).click();
        const downloading = page.waitForEvent("download");
        await page.getByRole("link", { name: "CSV" }).first().click();
        const download = await downloading;
        expect(download.suggestedFilename()).toMatch(/\.csv$/);
        expect(await download.failure()).toBeNull();
      });
    },
    PATIENCE_MS,
  );
});

const toOwnPattern = () => [`/patterns/${patternId}`, /^A pattern to discuss/] as const;
const REVIEW = ["/review", "Review"] as const;

describe("of a pattern", () => {
  it(
    "its person contests it, the officer answers, the person explains, and the manager decides with those words before them",
    async () => {
      await as(noticedEmail, toOwnPattern(), async (page) => {
        await page.getByRole("radio", { name: /the finding is wrong/i }).check();
        await page
          .getByRole("textbox", { name: "What is wrong about it" })
          .fill("These are two different tools.");
        await page.getByRole("button", { name: "Contest the finding" }).click();
        await page
          .getByText("The clock stands still until the privacy officer has answered.")
          .first()
          .waitFor();
      });
      await as(officerEmail, REVIEW, async (page) => {
        await page.locator(".review-list a").first().click();
        await page.getByRole("radio", { name: /The finding stands/ }).check();
        await page.getByRole("textbox", { name: /^Reason/ }).fill("Both are started by the same timer.");
        await page.getByRole("button", { name: "Record the answer" }).click();
        await page.getByText("Recorded: the finding stands, and the clock goes on.").waitFor();
      });
      await as(noticedEmail, toOwnPattern(), async (page) => {
        await page.getByText("Both are started by the same timer.").first().waitFor();
        await page.getByRole("radio", { name: /something else/i }).check();
        await page
          .getByRole("textbox", { name: "In your own words" })
          .fill("The nightly check of our documentation.");
        await page.getByRole("button", { name: "Record the explanation" }).click();
        await page.getByText("your words stand first").first().waitFor();
      });
      await as(managerEmail, REVIEW, async (page) => {
        const list = page.locator(".review-list");
        expect(await list.innerText()).not.toContain(nameOf(noticedEmail));
        await list.getByRole("link").first().click();
        await page.getByText("The nightly check of our documentation.").first().waitFor();
        await page.getByRole("radio", { name: /^Talked, and settled/ }).check();
        await page.getByRole("textbox", { name: /^Reason/ }).fill("It runs once a week from now on.");
        await page.getByRole("button", { name: "Record the decision" }).click();
        await page.getByRole("link", { name: "Back to Review" }).waitFor();
      });
    },
    PATIENCE_MS,
  );

  it(
    "its person sees what was decided, and everybody who has looked",
    async () => {
      await as(noticedEmail, toOwnPattern(), async (page) => {
        await page.getByText("It runs once a week from now on.").first().waitFor();
        const looks = await page.locator(".looks").innerText();
        for (const email of [officerEmail, managerEmail]) expect(looks).toContain(nameOf(email));
      });
    },
    PATIENCE_MS,
  );

  it(
    "the officer finds the looks in an audit whose chain is verified",
    async () => {
      await as(officerEmail, ["/policy", "Policy and audit"], async (page) => {
        await page
          .getByText(/^Chain verified/)
          .first()
          .waitFor();
        await page.getByText(nameOf(managerEmail)).first().waitFor();
        expect(await page.getByText("This could not be loaded").count()).toBe(0);
      });
    },
    PATIENCE_MS,
  );
});

function nameOf(email: string): string {
  return assay.organisation.people.find((person) => person.email === email)?.name ?? "";
}

// An agent's run as its person sees it: what it did with tools, what reached outside, its class corrected, and the schedule and the
// key behind it. Calls go through the real gateway, and everything else is done in the browser.

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { TestAssay, type RunningAssay } from "../services/assay.ts";
import { openBrowser } from "../services/browser.ts";
import { send } from "../services/raw-client.ts";
import { jsonAnswer } from "../services/replay-provider-answer.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const PATIENCE_MS = 120_000;
const WAIT = { timeout: 90_000, interval: 200 };
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
const USAGE = { input_tokens: 1000, output_tokens: 50 };
const TOOLS = ["Read", "Bash"].map((name) => ({ name, description: name, input_schema: { type: "object" } }));

type Block = Record<string, unknown>;

let replay: ReplayProvider;
let assay: TestAssay;
let running: RunningAssay;
let page: Page;
let closeBrowser: () => Promise<void>;

beforeAll(async () => {
  replay = await startReplayProvider();
  assay = new TestAssay({ ASSAY_UPSTREAM_ANTHROPIC_URL: replay.url });
  running = await assay.start();
  await runAgent([
    [toolUse("t1", "Read", { file_path: "src/a.ts" }), toolUse("t2", "Bash", { command: "npm test" })],
    [toolUse("t3", "Bash", { command: "curl https://example.com" })],
    [{ type: "text", text: "The test passes." }],
  ]);
  await analyzeCalls(3);
  const browser = await openBrowser();
  closeBrowser = () => browser.close();
  page = await (await browser.newContext({ reducedMotion: "reduce" })).newPage();
  await page.goto(running.firstSteps?.signInLink ?? "");
  await page.getByRole("heading", { name: "My usage", level: 1 }).waitFor();
});

afterAll(async () => {
  await closeBrowser();
  await running.stop();
  assay.remove();
  await replay.close();
});

function toolUse(id: string, name: string, input: object): Block {
  return { type: "tool_use", id, name, input };
}

/** A run of Claude Code: each answer asks for tools, whose results go back with the next call; the first of each fails. */
async function runAgent(answers: readonly (readonly Block[])[]): Promise<void> {
  const messages: { role: string; content: unknown }[] = [
    { role: "user", content: "Make the test pass, please." },
  ];
  for (const [round, content] of answers.entries()) {
    const id = `msg_${round}`;
    replay.respond(() =>
      jsonAnswer({
        id,
        type: "message",
        role: "assistant",
        model: "claude-sonnet-4-5",
        content,
        stop_reason: "tool_use",
        usage: USAGE,
      }),
    );
    const { status } = await send(`${running.gatewayUrl}/v1/messages`, {
      headers: {
        "content-type": "application/json",
        "x-api-key": running.firstSteps?.key,
        "user-agent": "claude-cli/2.1.329 (external, cli)",
        "x-claude-code-session-id": "4be9c9d5-6f6f-4e0b-8a44-0d8f6d6f2b11",
      },
      body: JSON.stringify({ model: "claude-sonnet-4-5", max_tokens: 100, tools: TOOLS, messages }),
    });
    expect(status).toBe(200);
    const results = content
      .filter(({ type }) => type === "tool_use")
      .map((use, index) => ({
        type: "tool_result",
        tool_use_id: use["id"],
        content: "…",
        is_error: index === 0,
      }));
    messages.push({ role: "assistant", content }, { role: "user", content: results });
  }
}

/** Until all calls are stored; then they are added up at once, and not when analytics gets to it. */
async function analyzeCalls(count: number): Promise<void> {
  await vi.waitFor(async () => {
    const { stdout } = await assay.run("export", "events", "--reason", "to count them");
    expect(stdout.split("\n").filter(Boolean)).toHaveLength(count);
  }, WAIT);
  const { exitCode, stderr } = await assay.run("analyze");
  expect(exitCode, stderr).toBe(0);
}

async function openRun(): Promise<void> {
  await page.goto(`${running.dashboardUrl}/runs`);
  await page.getByRole("row").filter({ hasText: "Claude Code" }).getByRole("link").click();
  await page.getByRole("heading", { name: "Claude Code", level: 1 }).waitFor();
}

async function rowsOf(caption: string): Promise<string[]> {
  const table = page.getByRole("table", { name: caption });
  await table.waitFor();
  return (await table.getByRole("row").allInnerTexts())
    .slice(1)
    .map((text) => text.replaceAll(/\s+/g, " ").trim());
}

it("shows what an agent did with tools, and which of it could reach outside", async () => {
  await openRun();
  await vi.waitFor(async () => {
    await page.reload({ waitUntil: "networkidle" });
    const rows = await rowsOf("Tool calls by name, most first");
    expect(rows.toSorted()).toEqual(["Bash Communicate 1 1", "Bash Execute 1 0", "Read Read 1 1"]);
  }, WAIT);
  await page.screenshot({ path: "test/output/run-with-tools.png", fullPage: true });
  const outside = await rowsOf("Tool calls that could reach outside, oldest first");
  expect(outside.map((row) => row.replace(/^\d\d:\d\d /, ""))).toEqual([
    "Bash Execute Done",
    "Bash Communicate Failed",
  ]);
});

it("takes a person's correction of the class, keeps it visible, and takes it back", async () => {
  await openRun();
  await page.getByRole("button", { name: "Correct it" }).click();
  await page.getByRole("combobox", { name: "What kind of work it was" }).selectOption("exploration");
  await page.getByLabel("Why (optional)").fill("Only looking around.");
  await page.getByRole("button", { name: "Correct", exact: true }).click();
  await page.getByText(/You made it Exploration on .* It was Not declared before\./).waitFor();
  await page.getByText("“Only looking around.”").waitFor();
  await page.getByRole("button", { name: "Take the correction back" }).click();
  await page.getByText(/That no longer holds, since/).waitFor();
  await expect(page.getByText("“Only looking around.”").isVisible()).resolves.toBe(true);
});

it("registers a schedule, says what is wrong with one, and ends it", async () => {
  await page.goto(`${running.dashboardUrl}/schedules`);
  await page.getByRole("button", { name: "Register a schedule" }).click();
  await page.getByLabel("Name").fill("Nightly review");
  await page.getByLabel("Times").fill("every night");
  await page.getByRole("button", { name: "Register", exact: true }).click();
  await page.getByText("The schedule was not registered.").waitFor();
  await page.getByLabel("Times").fill("0 3 * * *");
  await page.getByRole("button", { name: "Register", exact: true }).click();
  await page.getByRole("button", { name: "End Nightly review" }).click();
  await page.getByText(/^Ended /).waitFor();
  expect(await rowsOf("Your schedules")).toHaveLength(1);
});

it("rotates a key, whose successor works, and whose use is told", async () => {
  await page.goto(`${running.dashboardUrl}/keys`);
  await page
    .getByRole("button", { name: /^Rotate / })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
  await page.getByRole("heading", { name: "Copy the new key now" }).waitFor();
  const secret = await page.getByRole("dialog").locator("pre").innerText();
  expect(secret).toMatch(/^assay_[\w-]{43}$/);
  await page.getByRole("button", { name: "Done" }).click();
  await vi.waitFor(async () => {
    const { status } = await send(`${running.gatewayUrl}/v1/messages`, {
      headers: { "content-type": "application/json", "x-api-key": secret },
      body: JSON.stringify({ model: "claude-sonnet-4-5", max_tokens: 1, messages: [] }),
    });
    expect(status).toBe(200);
  }, WAIT);
  expect(await rowsOf("Your keys")).toHaveLength(2);
});

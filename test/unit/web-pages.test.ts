// What the other pages decide: their addresses, the rows of runs and keys, the lines to copy.

import { describe, expect, test } from "vitest";
import { type Key, type KeyUse, tokenSumsSchema } from "../../schemas/dashboard-api.ts";
import { UNCREDITED_REASONS } from "../../schemas/closed-lists.ts";
import type { RunsPage } from "../../schemas/runs-api.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { toClientSetups } from "../../dashboard/web/prepare/client-setup.ts";
import { toKeyRows } from "../../dashboard/web/prepare/key-rows.ts";
import { toRunRows } from "../../dashboard/web/prepare/run-rows.ts";
import {
  changeRunsView,
  hasFilters,
  parseRunsView,
  runsAddress,
} from "../../dashboard/web/prepare/runs-view.ts";
import { explainReason } from "../../dashboard/web/prepare/uncredited-reasons.ts";
import { daysBefore, daysOf, parseUsageView, toUsageSearch } from "../../dashboard/web/prepare/usage-view.ts";

const NOW = new Date("2026-11-21T12:00:00.000Z");

const RUN: RunsPage["runs"][number] = {
  run_id: "r1",
  run_source: "client",
  client: "claude-code",
  models: ["claude-sonnet-4-5", "claude-haiku-4-5", "gpt-5-mini"],
  workload_class: null,
  tags: [],
  settles_at: "2026-11-28T08:00:00.001Z",
  outcomes: { due: 0, waiting: 0, reversed: 0 },
  started_at: "2026-11-20T23:30:00.000Z",
  ended_at: "2026-11-21T08:00:00.001Z",
  uncredited_cost_usd: { auxiliary: "0.1", retry: "0.4" },
  calls: 5,
  unknown_usage_calls: 0,
  unpriced_calls: 0,
  tokens: tokenSumsSchema.parse(Object.fromEntries(TOKEN_FIELDS.map((field) => [field, 0]))),
  cost_usd: "2",
  credited_cost_usd: "1.5",
};

describe("addresses", () => {
  test.each(["", "?range=7d", "?range=12w&volume=gross&by=client", "?volume=gross"])(
    "of My usage survive being read and written: %s",
    (search) => {
      expect(toUsageSearch(parseUsageView(search))).toBe(search);
    },
  );

  test("with unknown words show the usual view", () => {
    expect(toUsageSearch(parseUsageView("?range=9y&volume=all&by=person"))).toBe("");
    expect(parseUsageView("").range.days).toBe(28);
  });

  test("a range ends today, and the days before it end where it begins", () => {
    const { range } = parseUsageView("?range=7d");
    expect(daysOf(range, "2026-11-21")).toEqual({ from: "2026-11-15", to: "2026-11-21" });
    expect(daysBefore(range, "2026-11-21")).toEqual({ from: "2026-11-08", to: "2026-11-14" });
  });

  test.each([
    "",
    "?sort=cost&client=codex&tag=ENG-7",
    "?class=undeclared&older=abc",
    "?reason=retry&newer=abc",
  ])("of My runs survive being read and written: %s", (search) => {
    expect(runsAddress(parseRunsView(search))).toBe(`/runs${search}`);
  });

  test("of My runs leave out what nobody knows, one filter at a time", () => {
    expect(runsAddress(parseRunsView("?sort=person&class=boss&client=codex&reason=idle&tag="))).toBe(
      "/runs?client=codex",
    );
  });

  test("of My runs without a filter have none to clear", () => {
    expect(hasFilters(parseRunsView("?sort=cost"))).toBe(false);
    expect(hasFilters(parseRunsView("?tag=x"))).toBe(true);
  });

  test("of My runs begin at the first page when order or filter change", () => {
    const view = parseRunsView("?client=codex&model=m1&older=abc");
    expect(runsAddress(changeRunsView(view, { sort: "cost" }))).toBe("/runs?sort=cost&client=codex&model=m1");
    expect(runsAddress(changeRunsView(view, { filter: ["client", ""] }))).toBe("/runs?model=m1");
    expect(runsAddress(changeRunsView(view, { filter: ["tag", "x"] }))).toBe(
      "/runs?client=codex&model=m1&tag=x",
    );
  });
});

describe("rows of runs", () => {
  test("start in the viewer's zone", () => {
    expect(toRunRows([RUN], NOW, "Europe/Berlin")[0]?.start).toBe("21 Nov, 00:30");
    expect(toRunRows([RUN], NOW, "UTC")[0]?.start).toBe("20 Nov, 23:30");
  });

  test("are open for four hours after the last call, and for half an hour where only the pause tells runs apart", () => {
    expect(isOpen({})).toBe(true);
    expect(isOpen({ ended_at: "2026-11-21T08:00:00.000Z" })).toBe(false);
    expect(isOpen({ run_source: "idle" })).toBe(false);
    expect(isOpen({ run_source: "idle", ended_at: "2026-11-21T11:30:00.001Z" })).toBe(true);
  });

  test("name the reasons in their order, the first models, and what is unknown", () => {
    const [row] = toRunRows([{ ...RUN, unknown_usage_calls: 1 }], NOW, "UTC");
    expect(row).toMatchObject({
      name: "Claude Code",
      detail: "claude-sonnet-4-5, claude-haiku-4-5 and 1 more",
      outcomesText: "None linked",
      uncredited: "Retry, Auxiliary",
      creditedShare: 0.75,
      className: "Not declared",
      hasUnknownPart: true,
    });
  });
});

test("every reason has words, and none of them accuses", () => {
  for (const reason of UNCREDITED_REASONS) {
    const { title, sentence } = explainReason(reason);
    expect(title).not.toBe("");
    expect(sentence).toMatch(/\.$/);
    expect(`${title} ${sentence}`).not.toMatch(/abuse|cheat|waste|fraud|violation|suspicious|worst|rank|!/i);
  }
});

describe("rows of keys", () => {
  const key: Key = {
    key_id: "01900000-0000-7000-8000-000000000001",
    kind: "person",
    name: "Laptop",
    hint: "assay_Ab3d",
    workload_class: null,
    created_at: "2025-12-01T09:00:00.000Z",
    expires_at: null,
    revoked_at: null,
  };
  const toRow = (given: Partial<Key & KeyUse>, callsKnownSince: string | null = null) =>
    toKeyRows({ keys: [{ ...key, last_used_at: null, ...given }], callsKnownSince }, NOW, "UTC")[0];

  test("say on which day a key was last used, or since when it was not, or that nobody knows", () => {
    const since = "2026-10-22T12:00:00.000Z";
    expect(toRow({ last_used_at: "2026-11-20T23:59:00.000Z" }, since)?.lastUsed).toBe("20 Nov");
    expect(toRow({}, since)?.lastUsed).toBe("Not since 22 Oct");
    expect(toRow({})?.lastUsed).toBe("–");
  });

  test("say when a key ended, and nothing while it works", () => {
    const ended = (given: Partial<Key>) => toRow(given)?.ended;
    expect(ended({})).toBeNull();
    expect(ended({ expires_at: "2026-11-21T12:00:00.001Z" })).toBeNull();
    expect(ended({ expires_at: "2026-11-21T12:00:00.000Z" })).toBe("Expired 21 Nov");
    expect(ended({ expires_at: "2026-01-01T00:00:00.000Z", revoked_at: "2026-03-11T09:00:00.000Z" })).toBe(
      "Revoked 11 Mar",
    );
    expect(toRow({})).toMatchObject({ created: "1 Dec 2025", expires: "Never" });
  });
});

describe("lines to copy", () => {
  test("give Anthropic's clients a base URL without /v1, and OpenAI's one with it", () => {
    expect(linesOf("claude-code")).toBe(
      "export ANTHROPIC_BASE_URL=https://gateway.example\nexport CLAUDE_CODE_GATEWAY_HINT_HEADERS=1\nexport ANTHROPIC_AUTH_TOKEN=YOUR_ASSAY_KEY",
    );
    expect(linesOf("anthropic-sdk")).toContain("export ANTHROPIC_BASE_URL=https://gateway.example\n");
    expect(linesOf("openai-sdk")).toContain("export OPENAI_BASE_URL=https://gateway.example/v1\n");
    expect(linesOf("codex")).toContain('base_url = "https://gateway.example/v1"');
    expect(linesOf("codex")).toContain('wire_api = "responses"');
    expect(linesOf("curl")).toContain("curl https://gateway.example/v1/chat/completions");
  });

  test.each([
    ["claude-code", 'ANTHROPIC_CUSTOM_HEADERS="x-assay-key: assay_secret"'],
    ["codex", 'env_http_headers = { "x-assay-key" = "ASSAY_KEY" }'],
    ["openai-sdk", "OPENAI_BASE_URL=https://gateway.example/k/assay_secret/v1"],
    ["anthropic-sdk", "ANTHROPIC_BASE_URL=https://gateway.example/k/assay_secret"],
    ["curl", '-H "x-assay-key: assay_secret"'],
  ])("leave the provider's credential to a client that has its own: %s", (client, line) => {
    expect(ownKeyLinesOf(client)).toContain(line);
    expect(ownKeyLinesOf(client)).not.toMatch(/Bearer assay_|AUTH_TOKEN|_API_KEY=/);
  });

  test.each([
    "claude-code",
    "codex",
    "gemini-cli",
    "opencode",
    "openclaw",
    "openai-sdk",
    "anthropic-sdk",
    "curl",
  ])("carry a key just made: %s", (name) => {
    expect(linesOf(name, "assay_secret")).toContain("assay_secret");
    expect(linesOf(name, "assay_secret")).not.toContain("YOUR_ASSAY_KEY");
  });
});

function isOpen(given: Partial<typeof RUN>): boolean {
  return toRunRows([{ ...RUN, ...given }], NOW, "UTC")[0]?.state === "Open";
}

function ownKeyLinesOf(client: string): string | undefined {
  return toClientSetups("https://gateway.example", "assay_secret")
    .find(({ name }) => name === client)
    ?.ownKeySteps.map(({ lines }) => lines)
    .join("\n");
}

function linesOf(client: string, secret: string | null = null): string | undefined {
  return toClientSetups("https://gateway.example/", secret)
    .find(({ name }) => name === client)
    ?.steps.map(({ lines }) => lines)
    .join("\n");
}

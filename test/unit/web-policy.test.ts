// Policy, audit and settings as their pages show them.

import { describe, expect, test } from "vitest";
import {
  parseAuditView,
  tellVerification,
  toAuditFilter,
  toAuditRows,
  toAuditSearch,
  toVerdictLines,
} from "../../dashboard/web/prepare/audit-view.ts";
import { compareTexts, tellScoring, toTermRows } from "../../dashboard/web/prepare/policy-rows.ts";
import {
  listSubjects,
  parseSettingsView,
  tellLine,
  toSettingsSearch,
} from "../../dashboard/web/prepare/settings-view.ts";

describe("the audit", () => {
  test("its filter stands in the address, and nonsense there means none", () => {
    const view = { action: "pattern_viewed", from: "2026-11-01", to: "2026-11-20", whose: "own" } as const;
    expect(parseAuditView(toAuditSearch(view, true), true)).toEqual(view);
    expect(parseAuditView("?from=yesterday&to=2026-99-01&whose=all", false)).toEqual({
      action: "",
      from: "",
      to: "",
      whose: "own",
    });
    expect(toAuditSearch({ action: "", from: "", to: "", whose: "all" }, true)).toBe("");
  });

  test("its days are the organisation's, also where the clock changes, and the last one is whole", () => {
    const view = { action: "", from: "2026-10-25", to: "2026-10-25", whose: "own" } as const;
    expect(toAuditFilter(view, "Europe/Berlin")).toEqual({
      from: "2026-10-24T22:00:00.000Z",
      to: "2026-10-25T23:00:00.000Z",
    });
    expect(toAuditFilter(view, "Pacific/Auckland").from).toBe("2026-10-24T11:00:00.000Z");
    expect(toAuditFilter({ ...view, from: "", to: "" }, "UTC")).toEqual({});
  });

  test("an entry says when in the viewer's zone; without a reason there is a dash", () => {
    const entry = {
      entry_id: 7,
      at: "2026-11-19T13:05:00.000Z",
      action: "key_created",
      who: "You",
      what: "made your key",
    };
    const now = new Date("2026-11-20T00:00:00Z");
    expect(toAuditRows([{ ...entry, why: null }], now, "Europe/Berlin")).toEqual([
      {
        id: 7,
        when: "19 Nov, 14:05",
        utc: "2026-11-19 13:05 UTC",
        who: "You",
        what: "made your key",
        why: "–",
      },
    ]);
  });

  test("the verdict says as of when and of how many entries, and can be kept elsewhere", () => {
    const verified = {
      state: "verified",
      verified_at: "2026-11-19T13:05:00.000Z",
      entries: 1200,
      head: "ab",
    } as const;
    expect(tellVerification(verified, "Europe/Berlin")).toBe(
      "Chain verified, 14:05. 1\u202F200 entries, each of which follows from the one before.",
    );
    expect(toVerdictLines(verified)).toBe(
      "audit verified\nat 2026-11-19T13:05:00.000Z\nentries 1200\nhead ab",
    );
    const broken = { ...verified, state: "broken", broken_at: "2026-11-01T00:00:00.000Z" } as const;
    expect(tellVerification(broken, "UTC")).toContain("The chain is broken, 13:05.");
  });
});

describe("the policy", () => {
  test("what a new text changes is told line by line, and the rest stays as it is", () => {
    expect(compareTexts("one\ntwo\nthree\n", "one\nthree\nfour")).toEqual([
      { kind: "same", text: "one" },
      { kind: "removed", text: "two" },
      { kind: "same", text: "three" },
      { kind: "added", text: "four" },
    ]);
    expect(compareTexts("", "one")).toEqual([{ kind: "added", text: "one" }]);
    expect(compareTexts("one\n", "one").every(({ kind }) => kind === "same")).toBe(true);
  });

  test("scoring that has not begun is told apart from scoring that is off", () => {
    const policy = { scored_from: null, current: null, versions: [], proposed_text: "" };
    expect(tellScoring({ ...policy, individual_scoring: "policy" })).toContain("Not begun");
    expect(tellScoring({ ...policy, individual_scoring: "off" })).toContain("Off");
  });

  test("a term that changes with the next start says so, and what is on its way has one too", () => {
    const terms = [{ name: "events", days: 30, next_days: 14, fixed_by: null }] as const;
    const rows = toTermRows({ retention: { version: 1, terms: [...terms] } });
    expect(rows[0]).toMatchObject({ what: "Calls", term: "30 days" });
    expect(rows[0]?.note).toContain("From the next start on 14 days.");
    expect(rows.map(({ what }) => what)).toEqual(expect.arrayContaining(["Spool", "Dead letters"]));
  });
});

describe("settings", () => {
  test("the subject stands in the address; people are listed to owners alone", () => {
    expect(parseSettingsView(toSettingsSearch({ subject: "people", filter: "ada" }), true)).toEqual({
      subject: "people",
      filter: "ada",
    });
    expect(parseSettingsView("?subject=people", false).subject).toBe("teams");
    expect(listSubjects(false).map(({ name }) => name)).not.toContain("people");
  });

  test("a version's lines are in the page's words, and what is not known stays as it is", () => {
    expect(tellLine("pr_merged: 5 points, before 10 points")).toBe(
      "Pull request merged: 5 points, before 10 points",
    );
    expect(tellLine("constructor: 1")).toBe("constructor: 1");
    expect(tellLine("Another team")).toBe("Another team");
  });
});

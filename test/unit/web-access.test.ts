// What the sign-in page, the list of sessions and the list of tokens say, and where signing in leads back to.

import { describe, expect, test } from "vitest";
import { toAccessTokenRows, toSessionRows } from "../../dashboard/web/prepare/access-rows.ts";
import { toReturnPath, toSignInAddress } from "../../dashboard/web/prepare/return-path.ts";
import type { AccessToken } from "../../schemas/access-api.ts";

const NOW = new Date("2026-11-20T12:00:00Z");

const TOKEN: AccessToken = {
  token_id: "01936a00-0000-7000-8000-000000000001",
  name: "report",
  hint: "assay_pat_Ab3d",
  scopes: ["read", "write"],
  created_at: "2026-11-01T09:00:00.000Z",
  expires_at: "2027-01-30T09:00:00.000Z",
  last_used_at: null,
  revoked_at: null,
};

test("a token says what it may, when it was used and until when it works", () => {
  const rows = toAccessTokenRows(
    [
      TOKEN,
      { ...TOKEN, last_used_at: "2026-11-19T23:30:00.000Z", scopes: ["organisation"] },
      { ...TOKEN, revoked_at: "2026-11-03T09:00:00.000Z" },
      { ...TOKEN, expires_at: "2026-11-20T12:00:00.000Z" },
    ],
    NOW,
    "UTC",
  );
  expect(rows.map(({ scopes, lastUsed, expires, ended }) => [scopes, lastUsed, expires, ended])).toEqual([
    ["Read, change", "Never", "30 Jan 2027", null],
    ["Organisation", "19 Nov", "30 Jan 2027", null],
    ["Read, change", "Never", "30 Jan 2027", "Revoked 3 Nov"],
    ["Read, change", "Never", "20 Nov", "Expired 20 Nov"],
  ]);
});

test("a session says how and since when, in the viewer's zone", () => {
  const session = {
    session_id: TOKEN.token_id,
    method: "oidc",
    signed_in_at: "2026-11-20T08:05:00.000Z",
    ends_at: "2026-11-20T20:05:00.000Z",
    is_current: true,
  } as const;
  const rows = toSessionRows({ sessions: [session] }, NOW, "Asia/Tokyo");
  expect(rows).toEqual([
    {
      sessionId: TOKEN.token_id,
      method: "Your organisation’s sign-in",
      span: "Since 17:05 on 20 Nov, until 05:05 on 21 Nov at the latest",
      isCurrent: true,
    },
  ]);
});

describe("the way back", () => {
  test.each(["/runs", "/review/patterns?state=open", "/runs?q=a%20b"])(
    "%s is one of Assay's own pages",
    (path) => {
      expect(toReturnPath(path)).toBe(path);
    },
  );

  test.each([
    null,
    "",
    "/",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "/.//evil.example",
    "runs",
    "/sign-in?ended",
  ])("%j leads nowhere", (path) => {
    expect(toReturnPath(path)).toBeNull();
  });

  test("stands in the address of the sign-in page, with why somebody is there", () => {
    expect(toSignInAddress("/runs?pages=2", { hasEnded: true })).toBe(
      "/sign-in?ended=&return=%2Fruns%3Fpages%3D2",
    );
    expect(toSignInAddress("/", { hasEnded: false })).toBe("/sign-in");
  });
});

// One thing has one hash, whoever told of it, and things of different kinds have nothing in common.

import { expect, test } from "vitest";
import { createLinkHash } from "../../ingest/gateway/features/keys.ts";
import { createLinkHashes } from "../../ingest/outcomes/link-hashes.ts";

const hashes = createLinkHashes("a link secret");

test("a repository is the same by its name and by every address that it is cloned from", () => {
  const names = [
    "Team/App",
    "team/app.git",
    "https://git.example/Team/App.git",
    "https://user@git.example:8443/team/app/",
    "git@git.example:team/app.git",
    "ssh://git@git.example:2222/team/app.git",
  ];
  expect(new Set(names.map(hashes.repository)).size).toBe(1);
  expect(hashes.repository("team/other")).not.toBe(hashes.repository("team/app"));
  expect(hashes.repository("group/sub/app")).not.toBe(hashes.repository("sub/app"));
});

test("a branch is that of its repository", () => {
  expect(hashes.branch("Team/App", "refs/heads/main")).toBe(hashes.branch("team/app", "main"));
  expect(hashes.branch("team/other", "main")).not.toBe(hashes.branch("team/app", "main"));
});

test("a file has the hash that a tool call's target has", () => {
  const ofTarget = createLinkHash("a link secret");
  expect(["src/a.ts", "./src/a.ts", "/src/a.ts", "src\\a.ts"].map(hashes.file)).toEqual(
    Array.from({ length: 4 }, () => ofTarget("src/a.ts")),
  );
});

test("a change is the same wherever its lines stand, and whatever stands around them", () => {
  const change = ["--- a/x.ts", "+++ b/x.ts", "@@ -1,3 +1,3 @@", " before", "-one", "+  two", " after"];
  const moved = ["index 1..2", "--- a/x.ts", "+++ b/x.ts", "@@ -90,2 +91,2 @@ near", "-one", "+two", " else"];
  const other = change.with(5, "+ three");
  expect(hashes.change(moved.join("\n"))).toBe(hashes.change(change.join("\n")));
  expect(hashes.change(other.join("\n"))).not.toBe(hashes.change(change.join("\n")));
});

test("a name has another hash for each thing that it can be of, and with another secret", () => {
  const of = [
    hashes.repository("x"),
    hashes.branch("x", "x"),
    hashes.ticket("x"),
    hashes.file("x"),
    hashes.change("+x"),
    hashes.other("commit", "x"),
    hashes.other("person", "x"),
    createLinkHashes("another link secret").file("x"),
  ];
  expect(new Set(of).size).toBe(of.length);
  for (const hash of of) expect(hash).toMatch(/^[\w-]{22}$/);
});

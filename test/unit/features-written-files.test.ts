// A file that an agent writes and a file of a pull request are one and the same, whatever each of them calls it.

import { expect, it, test } from "vitest";
import { COMPONENTS_MAX, toPathEnds } from "../../ingest/gateway/features/written-files.ts";
import { createLinkHashes } from "../../ingest/outcomes/link-hashes.ts";
import { WRITTEN_HASHES_MAX } from "../../schemas/call-features.ts";
import { featuresOf } from "../builders/feature-calls.ts";

const hashes = createLinkHashes("link secret");

function writtenBy(...calls: { name: string; input: object }[]): string[] {
  const content = calls.map((call, index) => ({ type: "tool_use", id: `t${index}`, ...call }));
  const messages = [{ role: "user", content: "go" }];
  return featuresOf({ api: "messages", request: { messages }, answer: { content } }).written_file_hashes;
}

const patch = `*** Begin Patch
*** Update File: src/api/users.ts
@@
-a
+b
*** Add File: docs/users.md
+c
*** End Patch`;

test.each([
  [
    "a path from the root of the disk",
    { name: "Write", input: { file_path: "/home/ada/app/src/api/users.ts" } },
  ],
  ["a path in a worktree", { name: "Edit", input: { file_path: "/tmp/wt-17/src/api/users.ts" } }],
  ["a path of Windows", { name: "write_file", input: { path: "C:\\work\\app\\src\\api\\users.ts" } }],
  ["a path from the repository's root", { name: "edit_file", input: { path: "./src/api/users.ts" } }],
  ["a patch", { name: "apply_patch", input: { input: patch } }],
  [
    "a patch in a shell",
    { name: "bash", input: { command: `cd app && apply_patch <<'EOF'\n${patch}\nEOF` } },
  ],
  ["a redirection", { name: "bash", input: { command: "jq . a.json > src/api/users.ts && npm test" } }],
  ["an editor that works in place", { name: "bash", input: { command: "sed -i s/a/b/ src/api/users.ts" } }],
])("%s meets the file of a pull request", (_how, call) => {
  expect(writtenBy(call)).toContain(hashes.file("src/api/users.ts"));
});

test("every file of a patch is written", () => {
  expect(writtenBy({ name: "apply_patch", input: { input: patch } })).toContain(hashes.file("docs/users.md"));
});

test.each([
  ["is read", { name: "Read", input: { file_path: "/home/ada/app/src/api/users.ts" } }],
  ["is an address", { name: "create_page", input: { url: "https://example.com/src/api/users.ts" } }],
  [
    "is text for a commit",
    { name: "bash", input: { command: "git commit -m 'Mend src/api/users.ts at last'" } },
  ],
  ["goes nowhere", { name: "bash", input: { command: "npm test > /dev/null" } }],
])("what %s is not written", (_what, call) => {
  expect(writtenBy(call)).toEqual([]);
});

it("takes a name alone for no file, because every repository has one of that name", () => {
  expect(toPathEnds("README.md")).toEqual([]);
  expect(toPathEnds("/README.md")).toEqual([]);
  expect(writtenBy({ name: "Write", input: { file_path: "/app/README.md" } })).not.toContain(
    hashes.file("README.md"),
  );
});

it("takes the ends of a path up to a length, and no more of a call than has room", () => {
  const components = Array.from({ length: COMPONENTS_MAX + 1 }, (_, index) => `c${index}`);
  const ends = toPathEnds(`/${components.join("/")}`);
  expect(ends).toHaveLength(COMPONENTS_MAX - 1);
  expect(ends.at(-1)).toBe(components.slice(1).join("/"));
  const calls = Array.from({ length: 100 }, (_, index) => ({
    name: "Write",
    input: { file_path: `/${index}/${components.join("/")}` },
  }));
  expect(writtenBy(...calls).length).toBeLessThanOrEqual(WRITTEN_HASHES_MAX);
});

it("says nothing without the link secret", () => {
  const [hash] = writtenBy({ name: "Write", input: { file_path: "src/users.ts" } });
  expect(hash).toMatch(/^[\w-]{22}$/);
  expect(hash).not.toBe(createLinkHashes("another secret").file("src/users.ts"));
});

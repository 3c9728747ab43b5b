// What tools do to the world: by what a shell runs, and for others by setting, client, annotation and name.

import { describe, expect, it, test } from "vitest";
import type { ToolKind } from "../../schemas/closed-lists.ts";
import type { ToolKinds } from "../../schemas/tool-kinds.ts";
import { kindOfCommandLine } from "../../ingest/gateway/features/shell-kinds.ts";
import { kindOfTool, targetOf } from "../../ingest/gateway/features/tool-kinds.ts";

const LINES: Record<ToolKind, readonly string[]> = {
  read: [
    "cat a.txt | grep -n x | head -5",
    "cd src && ls -la 2>/dev/null",
    "git -C /repo status --short; git log -3",
    "rg 'rm -rf /' --type ts",
    `echo "git push && curl x"`,
    "find . -name '*.ts' 2>&1 | wc -l",
    "sed -n '1,20p' a.ts",
    "bash -lc 'ls && cat b'",
    "LANG=C sudo -n timeout 5s cat /etc/hosts > /dev/null",
    "npm ls",
    "# don't change anything\nfor f in *.ts; do cat $f; done",
    'if [ -f a ]; then head -1 a; else echo "none"; fi',
  ],
  write: [
    "sed -i s/a/b/ a.ts",
    "echo hi > notes.txt",
    "printf x >> a.log",
    "cat <<'EOF' > main.py\nimport os; os.system('curl x')\nEOF",
    "git add -A && git commit -m 'push it'",
    "mkdir -p a && touch a/b",
    "ls | tee files.txt",
    "find . -name x -delete",
    "cat a | xargs rm",
  ],
  execute: [
    "npm test",
    "cd /a && python3 -c 'print(1)' | tail -1",
    "make -j4 2>&1 | tee /dev/null",
    "./run.sh",
    "bash build.sh",
    "cat a.txt && node b.js",
    "echo $(node x.js)",
    "cargo test",
  ],
  communicate: [
    "git push origin main",
    "npm test && git push",
    "curl -s https://example.com | jq .",
    "ssh host 'ls'",
    "gh pr create --fill",
    "zsh -c \"bash -c 'scp a b:'\"",
    "npm publish",
    "for i in 1 2; do curl x; done",
    "kubectl apply -f a.yaml",
  ],
  other: [""],
};

describe.each(Object.entries(LINES))("a command line that does no more than %s", (kind, lines) => {
  test.each(lines)("%s", (line) => {
    expect(kindOfCommandLine(line)).toBe(kind);
  });
});

it("a command line of any form is read in bounded time", () => {
  const hostile = [
    "'".repeat(9),
    '"\\'.repeat(1e5),
    "$(".repeat(1e5),
    "a ".repeat(1e6),
    "<<A\n".repeat(1e5),
    "\\",
  ];
  for (const line of hostile)
    expect(["read", "execute", "other", "write"]).toContain(kindOfCommandLine(line));
});

function kindOf(
  name: string,
  { configured = {}, annotations }: { configured?: ToolKinds; annotations?: object } = {},
) {
  const client = new Map<string, ToolKind>([["Task", "execute"]]);
  const offered = new Map([[name, annotations ? { name, annotations } : { name }]]);
  return kindOfTool({ name, arguments: { command: "ls" } }, { configured, client, offered });
}

function shell(given: unknown): ToolKind {
  const call = { name: "shell", arguments: given };
  return kindOfTool(call, { configured: {}, client: new Map(), offered: new Map() });
}

describe("a tool", () => {
  it("is what the organisation says, by its name before a pattern, and by the longer pattern", () => {
    const configured: ToolKinds = {
      "mcp__*": "read",
      "mcp__mail__*": "communicate",
      mcp__mail__list: "read",
      bash: "write",
    };
    expect(kindOf("mcp__mail__send_all", { configured })).toBe("communicate");
    expect(kindOf("mcp__mail__list", { configured })).toBe("read");
    expect(kindOf("mcp__files__write", { configured })).toBe("read");
    expect(kindOf("bash", { configured })).toBe("write");
    expect(kindOf("constructor", { configured })).toBe("other");
  });

  it("is what its client is known to have it for, then what its definition says", () => {
    expect(kindOf("Task", { annotations: { readOnlyHint: true } })).toBe("execute");
    expect(kindOf("update_x", { annotations: { readOnlyHint: true } })).toBe("read");
    expect(kindOf("get_x", { annotations: { readOnlyHint: true, openWorldHint: true } })).toBe("communicate");
    expect(kindOf("get_x", { annotations: { destructiveHint: false } })).toBe("write");
  });

  it("is what its name says where nothing else does", () => {
    expect(kindOf("mcp__tracker__list_issues")).toBe("read");
    expect(kindOf("createPullRequest")).toBe("write");
    expect(kindOf("mail.send")).toBe("communicate");
    expect(kindOf("blorp")).toBe("other");
  });

  it("that is a shell is what it runs, however its command is written", () => {
    expect(shell({ command: ["bash", "-lc", "git push"] })).toBe("communicate");
    expect(shell({ command: ["cat", "it's here"] })).toBe("read");
    expect(shell({ commands: ["ls", "rm -r x"] })).toBe("write");
    expect(shell("npm test")).toBe("execute");
  });
});

it("what a call acts on has one form", () => {
  expect(targetOf({ name: "Read", arguments: { file_path: "./src/a.ts" } })).toBe("src/a.ts");
  expect(targetOf({ name: "bash", arguments: { command: "cd x && sed -n 1p src/a.ts | head" } })).toBe(
    "src/a.ts",
  );
  expect(targetOf({ name: "apply_patch", arguments: "*** Begin Patch\n*** Update File: src/a.ts\n" })).toBe(
    "src/a.ts",
  );
  expect(targetOf({ name: "web_fetch", arguments: { url: "https://a.example/b/?token=1#c" } })).toBe(
    "https://a.example/b",
  );
  expect(targetOf({ name: "think", arguments: { thought: "…" } })).toBe("");
});

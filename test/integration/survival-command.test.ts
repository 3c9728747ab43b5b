// `assay survival` as it is run: what it prints can be imported, and what it sends is what intake takes.

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { survivalCommand } from "../../ingest/commands/survival.ts";
import { createOutcomeParser } from "../../ingest/import/outcome-line.ts";
import { createLinkHashes } from "../../ingest/outcomes/link-hashes.ts";
import { toldOutcomesSchema } from "../../ingest/outcomes/told-outcomes.ts";
import { readConfig } from "../../schemas/config.ts";
import { createTestRepository } from "../builders/git-history.ts";

vi.setConfig({ testTimeout: 60_000 });

const SECRET = "the link secret of a test, long enough";
const NOW = new Date("2026-10-20T00:00:00Z");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-survival-command-"));
  const repository = createTestRepository(join(folder, "app"));
  repository.commit({ "src/old.ts": "const old = 1;\n" }, "Begin", { at: "2026-10-01T00:00:00Z" });
  const message = "Do it\n\nAssay-Run: r\nAssay-Run: s";
  repository.commit({ "src/a.ts": "const a = 1;\nconst b = 2;\n" }, message, { at: "2026-10-10T10:00:00Z" });
  const byHand = { at: "2026-10-11T10:00:00Z", by: "ada@example.com" };
  repository.commit({ "src/c.ts": "const c = 3;\n" }, "By hand", byHand);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(values: Record<string, string>, env: Record<string, string> = {}): Promise<string> {
  let printed = "";
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += String(chunk);
      done();
    },
  });
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const { signal } = new AbortController();
  const io = { stdin: Readable.from([]), stdout, stderr, cwd: folder, now: () => NOW, signal };
  const args = { positionals: [], values: { repo: "app", name: "acme/app", ...values } };
  await survivalCommand.run(args, io, readConfig({ ASSAY_DATA: join(folder, "data"), ...env }));
  return printed;
}

test("its lines are outcomes for an import, with the hashes that gateways make, and the same each time", async () => {
  const env = { ASSAY_LINK_SECRET: SECRET };
  const printed = await run({}, env);
  expect(await run({}, env)).toBe(printed);
  const parse = createOutcomeParser(7);
  const hashes = createLinkHashes(SECRET);
  expect(printed.split("\n").slice(0, -1).map(parse)).toMatchObject([
    {
      outcome: {
        kind: "lines_survived",
        occurred_at: "2026-10-10T10:00:00.000Z",
        credited_at: "2026-10-17T10:00:00.000Z",
        run_id: "r s",
        repo_hash: hashes.repository("acme/app"),
        file_hashes: [hashes.file("src/a.ts")],
        quantity: 2,
      },
      personEmail: undefined,
    },
    { outcome: { run_id: null, quantity: 1, rewritten_share: 0 }, personEmail: "ada@example.com" },
  ]);
  expect(printed).not.toMatch(/acme|src\//);
});

test("without the link secret of the gateways it prints nothing, because nothing would meet it", async () => {
  await expect(run({})).rejects.toMatchObject({ code: "bad_configuration" });
});

test("a running Assay is told in plain names, and a refusal ends the command", async () => {
  const told: { authorization: string | undefined; body: unknown }[] = [];
  const take = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    told.push({ authorization: incoming.headers.authorization, body: JSON.parse(await text(incoming)) });
    outgoing.writeHead(told.length === 1 ? 200 : 401).end("{}");
  };
  const server = createServer((incoming, outgoing) => void take(incoming, outgoing)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  writeFileSync(join(folder, "key"), "assay_key\n");
  expect(await run({ url, "key-file": "key" })).toBe("");
  expect(told).toMatchObject([{ authorization: "Bearer assay_key" }]);
  expect(toldOutcomesSchema.parse(told[0]?.body).outcomes).toMatchObject([
    { kind: "lines_survived", run_id: "r s", files: ["src/a.ts"] },
    { person_email: "ada@example.com" },
  ]);
  await expect(run({ url, "key-file": "key" })).rejects.toMatchObject({ code: "upstream_unreachable" });
  server.close();
});

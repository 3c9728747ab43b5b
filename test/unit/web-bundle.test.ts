// What a browser has to fetch before the first page stands: the entry, the first page, what both import, and the styles. Built in
// memory from the sources as they are, so that no older build is measured.

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, it, vi } from "vitest";
import { build, type Rolldown } from "vite";

const ROOT = join(import.meta.dirname, "../..");
const FIRST_PAGE = "/pages/my-usage.tsx";
const FIRST_LOAD_MAX_BYTES = 200_000;
/** Fetched beside the page, which is readable in the system's own face until they are there. */
const FONTS_MAX_BYTES = 64_000;
const BUILD_PATIENCE_MS = 120_000;

type Output = Rolldown.OutputChunk | Rolldown.OutputAsset;
let files: ReadonlyMap<string, Output>;

beforeAll(async () => {
  // Else React's development build would be measured, which nobody is served.
  vi.stubEnv("NODE_ENV", "production");
  const built = await build({
    root: join(ROOT, "dashboard/web"),
    configFile: join(ROOT, "vite.config.ts"),
    logLevel: "silent",
    build: { write: false },
  });
  if (!("output" in built)) throw new Error("The build has more than one output, or does not end.");
  files = new Map(built.output.map((file) => [file.fileName, file]));
  vi.unstubAllEnvs();
}, BUILD_PATIENCE_MS);

it(`the first page needs less than ${FIRST_LOAD_MAX_BYTES / 1000} KB of scripts and styles, compressed`, () => {
  const bytes = [...firstFiles()].map(gzippedBytes).reduce((sum, size) => sum + size, 0);
  console.log(`first load: ${bytes} bytes`);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(FIRST_LOAD_MAX_BYTES);
});

it("charts are no part of it: they come after the frame", () => {
  const chunks = [...files.values()].filter((file) => file.type === "chunk");
  const drawing = chunks.filter(({ moduleIds }) =>
    moduleIds.some((id) => id.includes("/node_modules/recharts/")),
  );
  expect(drawing.length).toBeGreaterThan(0);
  const first = firstFiles();
  expect(drawing.filter(({ fileName }) => first.has(fileName)).map(({ fileName }) => fileName)).toEqual([]);
});

it(`the faces need less than ${FONTS_MAX_BYTES / 1000} KB`, () => {
  const fonts = [...files.values()].filter(({ fileName }) => fileName.endsWith(".woff2"));
  const bytes = fonts.reduce((sum, font) => sum + contentOf(font).byteLength, 0);
  expect(fonts).toHaveLength(2);
  expect(bytes).toBeLessThan(FONTS_MAX_BYTES);
});

/** Names of the entry, of the first page, of all that these import, and of their styles. */
function firstFiles(): Set<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    const file = files.get(name);
    if (file === undefined || found.has(name)) return;
    found.add(name);
    if (file.type !== "chunk") return;
    for (const next of [...file.imports, ...(file.viteMetadata?.importedCss ?? [])]) add(next);
  };
  for (const file of files.values()) {
    if (file.type !== "chunk") continue;
    if (file.isEntry || file.facadeModuleId?.endsWith(FIRST_PAGE) === true) add(file.fileName);
  }
  return found;
}

function gzippedBytes(name: string): number {
  const file = files.get(name);
  return file === undefined ? 0 : gzipSync(contentOf(file)).byteLength;
}

function contentOf(file: Output): Uint8Array {
  const content = file.type === "chunk" ? file.code : file.source;
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

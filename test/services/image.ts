// The image of the Dockerfile without Docker: its COPY and its npm instructions carried out into a folder, with what
// .dockerignore lets through, so that what `assembleImage` returns is what a container would run.
//
// `npm ci` takes half a minute, so unless a test wants the real one, packages are linked from this checkout instead: those
// alone that its flags would leave.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { z } from "zod";
import { readDockerfile, ROOT } from "./compose.ts";

const APP_FOLDER = "/app";
const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), optional: z.boolean().optional() })),
});

/** Returns the folder of the program. */
export function assembleImage(folder: string, packages: "linked" | "installed"): string {
  let stage = "";
  for (const [instruction, rest] of readDockerfile().instructions) {
    if (instruction === "FROM") {
      stage = join(folder, / AS (\w+)$/.exec(rest)?.[1] ?? "image", APP_FOLDER);
      mkdirSync(stage, { recursive: true });
    } else if (instruction === "COPY") copy(rest, stage, folder);
    else if (instruction === "WORKDIR") assert.equal(rest, APP_FOLDER);
    else if (instruction === "RUN" && rest.startsWith("npm ci") && packages === "linked")
      linkPackages(stage, rest);
    else if (instruction === "RUN" && rest.startsWith("npm "))
      execFileSync("sh", ["-c", rest], { cwd: stage, stdio: "pipe" });
  }
  return stage;
}

function copy(rest: string, stage: string, folder: string): void {
  const words = rest.split(" ");
  const from = /^--from=(\w+)$/.exec(words[0] ?? "")?.[1];
  const word = words.at(-1) ?? "";
  const target = join(stage, word);
  for (const source of words.slice(from === undefined ? 0 : 1, -1)) {
    if (from === undefined) copyFromContext(source, target, word);
    else cpSync(join(folder, from, source), target, { recursive: true });
  }
}

/** A file goes into a folder, the content of a folder takes the target's name. */
function copyFromContext(pattern: string, target: string, word: string): void {
  const sources = globSync(pattern, { cwd: ROOT }).filter(isInContext);
  assert(sources.length > 0, `COPY ${pattern}: .dockerignore leaves nothing of it`);
  for (const source of sources) {
    const to = word.endsWith("/") ? join(target, basename(source)) : target;
    const filter = (file: string): boolean => isInContext(relative(ROOT, file));
    cpSync(join(ROOT, source), to, { recursive: true, filter });
  }
}

const ignoreRules = readFileSync(join(ROOT, ".dockerignore"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => {
    const name = RegExp.escape(line.replace("!", "")).replaceAll("\\*", "[^/]*");
    return { isIncluding: line.startsWith("!"), pattern: new RegExp(`^${name}$`) };
  });

/** The last rule that names a path, or a folder that it is in, decides. A star stands for names that begin with a dot, too. */
export function isInContext(path: string): boolean {
  const parts = path.split("/");
  const names = parts.map((_part, at) => parts.slice(0, at + 1).join("/"));
  const rule = ignoreRules.findLast(({ pattern }) => names.some((name) => pattern.test(name)));
  return rule === undefined || rule.isIncluding;
}

/** What `npm ci` would leave in `node_modules`, with the flags that it has. */
function linkPackages(stage: string, command: string): void {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")));
  const omitsDev = command.includes("--omit=dev");
  const omitsOptional = command.includes("--omit=optional");
  for (const [path, { dev, optional }] of Object.entries(lock.packages)) {
    const isLeftOut = (omitsDev && dev === true) || (omitsOptional && optional === true);
    const isNested = path.split("node_modules/").length !== 2;
    if (isLeftOut || isNested || !existsSync(join(ROOT, path))) continue;
    const link = join(stage, path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, path), link);
  }
  if (!omitsDev) symlinkSync(join(ROOT, "node_modules/.bin"), join(stage, "node_modules/.bin"));
}

// The hook of Git that notes in each commit which run of an agent has made it, as a trailer: `Assay-Run: <id>`.
//
// The id is ASSAY_RUN_ID where somebody set it, else that of the session, which Claude Code and Codex put into the environment of the
// shells that they run. Commits that are made without an agent get no trailer.
//
// What it leaves alone: commits that are only moved (rebase, cherry-pick, merge, squash) keep the trailers that they have, because who
// moves a commit has not made it; and a message that is still to be written in an editor, because one that is left empty has to go on
// calling the commit off.
//
// Always holds: a hook that was there before is called first, and what it says counts; a commit never fails for want of a trailer.

import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError } from "../../schemas/app-error.ts";
import { openRepository } from "./git.ts";

export const RUN_TRAILER = "Assay-Run";
const HOOK = "prepare-commit-msg";
/** What a hook that was there before is called from then on. */
export const KEPT_HOOK = `${HOOK}.before-assay`;
/** Tells our hook from others. */
const MARK = "# assay git-trailer";
const EXECUTABLE = 0o755;

const SCRIPT = `#!/bin/sh
${MARK}: notes which run of an agent makes a commit. To take it out: assay git-trailer uninstall
before="$(dirname "$0")/${KEPT_HOOK}"
if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
case "$2" in message | commit) ;; *) exit 0 ;; esac
for moving in rebase-merge rebase-apply CHERRY_PICK_HEAD MERGE_HEAD; do
  if [ -e "$(git rev-parse --git-path "$moving")" ]; then exit 0; fi
done
run="\${ASSAY_RUN_ID:-\${CLAUDE_CODE_SESSION_ID:-\${CODEX_SESSION_ID:-\${CODEX_THREAD_ID:-}}}}"
case "$run" in "" | *[!A-Za-z0-9._:@/+=-]*) exit 0 ;; esac
git interpret-trailers --in-place --if-exists addIfDifferent --trailer "${RUN_TRAILER}: $run" "$1" || exit 0
`;

export interface Installed {
  /** Where git looks for hooks: the setting core.hooksPath, or the repository that all worktrees share. */
  folder: string;
  /** Whether another hook is called first. */
  isKept: boolean;
}

/** Doing it again brings the hook up to date. @throws AppError when two other hooks are in the way */
export async function installTrailerHook(folderOfClone: string): Promise<Installed> {
  const folder = await findHooks(folderOfClone);
  await mkdir(folder, { recursive: true });
  const [hook, kept] = [join(folder, HOOK), join(folder, KEPT_HOOK)];
  const [present, before] = [await readHook(hook), await readHook(kept)];
  const isOthers = present !== undefined && !present.includes(MARK);
  if (isOthers && before !== undefined)
    throw new AppError(
      "conflict",
      `Both ${HOOK} and ${KEPT_HOOK} in ${folder} are other programs' hooks. Put them into one, and try again.`,
    );
  if (isOthers) await rename(hook, kept);
  await writeFile(hook, SCRIPT);
  await chmod(hook, EXECUTABLE);
  return { folder, isKept: isOthers || before !== undefined };
}

/** @returns whether our hook was there; the one that was there before it is in its place again */
export async function uninstallTrailerHook(folderOfClone: string): Promise<Installed | undefined> {
  const folder = await findHooks(folderOfClone);
  const [hook, kept] = [join(folder, HOOK), join(folder, KEPT_HOOK)];
  if ((await readHook(hook))?.includes(MARK) !== true) return undefined;
  const isKept = (await readHook(kept)) !== undefined;
  if (isKept) await rename(kept, hook);
  else await rm(hook);
  return { folder, isKept };
}

/** Git means a path of core.hooksPath from the top of the working tree. */
async function findHooks(folderOfClone: string): Promise<string> {
  const top = (await openRepository(folderOfClone)(["rev-parse", "--show-toplevel"])).trim();
  return resolve(top, (await openRepository(top)(["rev-parse", "--git-path", "hooks"])).trim());
}

async function readHook(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

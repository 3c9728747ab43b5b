// `assay git-trailer install` and `assay git-trailer uninstall`, in a repository of which agents make commits.

import { defineCommand, EXIT, type ProcessCommand } from "../../schemas/command.ts";
import { installTrailerHook, RUN_TRAILER, uninstallTrailerHook } from "../repository/trailer-hook.ts";

export const gitTrailerInstallCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "git-trailer install",
  summary: "Have each commit that an agent makes in this repository say by which run it was made",
  usage: "",
  options: {},
  async run({ values }, { cwd, stdout, stderr }) {
    const installed = await installTrailerHook(cwd);
    if (values["json"] === true) stdout.write(`${JSON.stringify(installed)}\n`);
    const kept = installed.isKept ? " The hook that was there is called first." : "";
    stderr.write(
      `Commits of agents get a trailer ${RUN_TRAILER}, by a hook in ${installed.folder}.${kept}\n`,
    );
    return EXIT.done;
  },
});

export const gitTrailerUninstallCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "git-trailer uninstall",
  summary: "Take that out again; the hook that was there before is back in its place",
  usage: "",
  options: {},
  async run({ values }, { cwd, stdout, stderr }) {
    const removed = await uninstallTrailerHook(cwd);
    if (values["json"] === true) stdout.write(`${JSON.stringify({ removed: removed !== undefined })}\n`);
    stderr.write(
      removed ? `The hook is gone from ${removed.folder}.\n` : "There was no hook of Assay here.\n",
    );
    return EXIT.done;
  },
});

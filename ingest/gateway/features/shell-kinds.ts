// What a command line does to the world, by the programs that it runs: of several the one that reaches furthest.

import type { ToolKind } from "../../../schemas/closed-lists.ts";
import { parseCommandLine, type SimpleCommand } from "./shell-words.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const READING = words(
  `cat ls dir ll rg grep egrep fgrep zgrep ag ack head tail wc find fd stat file tree less more bat eza sed awk cut sort uniq diff cmp comm
   pwd cd pushd popd echo printf which type whereis whoami id date env printenv uname hostname du df ps top free lsof jq yq xxd od hexdump
   strings nl tr column fold basename dirname realpath readlink md5sum sha1sum sha256sum shasum cksum test [ [[ true false : sleep wait seq
   export set unset alias history man help tldr locate git-log ctags tokei cloc scc tac rev paste join expand read exit return
   for case select in done fi esac break continue shift local declare trap`,
);
const WRITING = words(
  `tee mv cp rm rmdir mkdir touch ln chmod chown chgrp dd truncate patch install unzip zip tar gzip gunzip bzip2 xz zstd split apply_patch
   applypatch ed sponge shred mktemp`,
);
const COMMUNICATING = words(
  `curl wget http https xh aria2c ssh scp sftp ftp rsync telnet nc ncat netcat socat mail mailx sendmail mutt msmtp swaks gh glab hub tea jira
   aws gcloud gsutil bq az doctl flyctl fly vercel netlify heroku wrangler firebase railway kubectl helm terraform tofu pulumi ansible
   ansible-playbook slack twilio psql mysql mongosh redis-cli ping dig nslookup host traceroute lynx w3m`,
);
/** Where the first word after the program decides. What is not listed runs something. */
const BY_SUBCOMMAND: Readonly<
  Record<
    string,
    { read?: ReadonlySet<string>; write?: ReadonlySet<string>; communicate?: ReadonlySet<string> }
  >
> = {
  git: {
    read: words(
      `status log diff show blame annotate grep ls-files ls-tree rev-parse rev-list describe shortlog reflog cat-file name-rev merge-base
       config remote branch help version count-objects check-ignore var whatchanged show-ref for-each-ref`,
    ),
    write: words(
      `add commit mv rm checkout switch restore merge rebase reset revert stash tag cherry-pick apply am init clean worktree notes gc
       update-index bisect sparse-checkout`,
    ),
    communicate: words("push pull fetch clone ls-remote submodule send-email request-pull lfs"),
  },
  npm: {
    read: words("ls list view outdated root prefix config"),
    communicate: words("publish unpublish deprecate"),
  },
  pnpm: { read: words("ls list why outdated"), communicate: words("publish") },
  yarn: { read: words("why info list"), communicate: words("publish") },
  cargo: {
    read: words("tree metadata search"),
    write: words("fmt new init add remove"),
    communicate: words("publish login"),
  },
  docker: { read: words("ps images logs inspect version info stats"), communicate: words("push pull login") },
  podman: { read: words("ps images logs inspect version info"), communicate: words("push pull login") },
  pip: { read: words("list show freeze check") },
  go: { read: words("list version env doc vet"), write: words("fmt mod get") },
};

const IN_PLACE = /^-[a-zA-Z]*i|^--in-place/;
const FIND_ACTS = words("-delete -exec -execdir -ok -fprint");
const DEVICE = /^\/dev\/(?:null|stdout|stderr|tty)$/;
const REACH: readonly ToolKind[] = ["read", "write", "execute", "communicate"];

/** The kind of a whole command line; `other` for an empty one. */
export function kindOfCommandLine(line: string): ToolKind {
  const reaches = parseCommandLine(line).map((command) => REACH.indexOf(kindOfCommand(command)));
  return REACH[Math.max(...reaches, -1)] ?? "other";
}

/** Files that its programs write, as far as the words tell; an option or a text with spaces in it is none. */
export function writtenByCommandLine(line: string): string[] {
  return parseCommandLine(line).flatMap(({ words: [program = "", ...operands], writesTo }) => {
    const isWriting = kindOfProgram([program, ...operands]) === "write";
    const named = isWriting ? operands.filter((word) => !word.startsWith("-") && !/\s/.test(word)) : [];
    return [...writesTo.filter((file) => !DEVICE.test(file)), ...named];
  });
}

function kindOfCommand({ words: all, writesTo }: SimpleCommand): ToolKind {
  const kind = kindOfProgram(all);
  const isWriting = writesTo.some((file) => !DEVICE.test(file));
  return kind === "read" && isWriting ? "write" : kind;
}

function kindOfProgram([program = "", ...rest]: readonly string[]): ToolKind {
  const name = program.split("/").at(-1) ?? program;
  if (name === "") return "read";
  const bySubcommand = Object.hasOwn(BY_SUBCOMMAND, name) ? BY_SUBCOMMAND[name] : undefined;
  if (bySubcommand) {
    const subcommand = subcommandOf(rest);
    if (bySubcommand.communicate?.has(subcommand)) return "communicate";
    if (bySubcommand.write?.has(subcommand)) return "write";
    return bySubcommand.read?.has(subcommand) ? "read" : "execute";
  }
  if (COMMUNICATING.has(name)) return "communicate";
  if (WRITING.has(name)) return "write";
  if (!READING.has(name)) return "execute";
  if (name === "sed" && rest.some((word) => IN_PLACE.test(word))) return "write";
  if (name === "find" && rest.some((word) => FIND_ACTS.has(word))) return "write";
  return "read";
}

/** Behind the program's own options, of which those of git take a value: `git -C dir status`. */
function subcommandOf(rest: readonly string[]): string {
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (/^-[Cc]$/.test(word)) at++;
    else if (!word.startsWith("-")) return word;
  }
  return "";
}

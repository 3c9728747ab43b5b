// The simple commands of a command line, each as its words: enough of the shell's grammar to see which programs run and what they
// write to. Quotes, escapes, operators, substitutions, redirections and here-documents are known; nothing is expanded. (POSIX.1,
// Shell Command Language, 2.3 Token Recognition.) A program that only runs another (`sudo`, `env`, `bash -c`) stands for that one.

export interface SimpleCommand {
  words: string[];
  /** Files that its output goes to. */
  writesTo: string[];
}

/** What is longer is a script; its beginning tells. */
const CHARS_MAX = 16 * 1024;
const COMMANDS_MAX = 64;
const HERE_DOCUMENT = /<<-?\s*(['"]?)([A-Za-z_][\w]*)\1/;
/** Quoted texts and escapes are parts of words; `$(` and backquotes begin commands of their own. */
const TOKEN =
  /'[^']*'?|"(?:[^"\\]|\\[^])*"?|\\[^]|\$\(|&&|\|\||\|&|[;|\n`(){}]|&(?!>)|\d?[<>]+&?\d*-?|&>>?|[^\s'"\\;|`(){}&<>$]+|\$|[^\S\n]+/g;
const BLANK = /^[^\S\n]+$/;
const REDIRECTION = /[<>]/;
/** Programs that run what follows them, behind options of their own, and words of the shell's grammar that do. */
const WRAPPERS: ReadonlySet<string> = new Set(
  `sudo doas env time nohup command exec builtin nice ionice timeout watch xargs stdbuf setsid eval
   then do else if elif while until !`.split(/\s+/),
);
const SHELLS: ReadonlySet<string> = new Set(["bash", "sh", "zsh", "dash", "ksh", "fish"]);
const ASSIGNMENT = /^[A-Za-z_]\w*=/;
/** Options of a wrapper, and the times and numbers that some of them take. */
const WRAPPER_OPTION = /^-|^\d+[smhd]?$/;
/** A shell in a shell in a shell is still looked into. */
const NESTING_MAX = 3;
const OPERATOR = /^(?:\$\(|&&|\|\||\|&|[;|\n`(){}&])$/;

export function parseCommandLine(line: string, nesting = 0): SimpleCommand[] {
  return splitCommands(line).flatMap(({ words, writesTo }) => {
    const bare = withoutWrappers(words);
    const script = nesting < NESTING_MAX ? scriptOf(bare) : undefined;
    return script === undefined ? [{ words: bare, writesTo }] : parseCommandLine(script, nesting + 1);
  });
}

function withoutWrappers(words: readonly string[]): string[] {
  let isWrapped = false;
  const start = words.findIndex((word) => {
    const isWrapper = WRAPPERS.has(word);
    isWrapped ||= isWrapper;
    return !isWrapper && !ASSIGNMENT.test(word) && !(isWrapped && WRAPPER_OPTION.test(word));
  });
  return start === -1 ? [] : words.slice(start);
}

/** What `bash -lc 'script'` runs; undefined for anything else. */
function scriptOf([program = "", ...rest]: readonly string[]): string | undefined {
  if (!SHELLS.has(program.split("/").at(-1) ?? program)) return undefined;
  const at = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
  return at === -1 ? undefined : rest[at + 1];
}

function splitCommands(line: string): SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  let current: SimpleCommand = { words: [], writesTo: [] };
  let word: string | undefined;
  /** The redirection whose file the next word is. */
  let redirection: string | undefined;

  function endWord(): void {
    if (word !== undefined && redirection === undefined) current.words.push(word);
    else if (word !== undefined && redirection?.includes(">")) current.writesTo.push(word);
    if (word !== undefined) redirection = undefined;
    word = undefined;
  }

  function endCommand(): void {
    endWord();
    redirection = undefined;
    if (current.words.length > 0 || current.writesTo.length > 0) commands.push(current);
    current = { words: [], writesTo: [] };
  }

  for (const [token] of withoutHereDocuments(line.slice(0, CHARS_MAX)).matchAll(TOKEN)) {
    if (commands.length === COMMANDS_MAX) break;
    if (BLANK.test(token)) endWord();
    else if (OPERATOR.test(token)) endCommand();
    else if (REDIRECTION.test(token) && !/^['"\\]/.test(token)) {
      endWord();
      // `2>&1` joins two streams and names no file.
      redirection = /&\d|&-/.test(token) ? undefined : token;
    } else word = (word ?? "") + unquote(token);
  }
  endCommand();
  return commands;
}

function unquote(token: string): string {
  if (token.startsWith("'")) return token.slice(1).replace(/'$/, "");
  if (token.startsWith('"'))
    return token
      .slice(1)
      .replace(/"$/, "")
      .replaceAll(/\\([$`"\\\n])/g, "$1");
  return token.startsWith("\\") ? token.slice(1) : token;
}

/** The texts that are fed to commands are none themselves, nor are lines of comment. */
function withoutHereDocuments(line: string): string {
  const kept: string[] = [];
  let end: string | undefined;
  for (const part of line.split("\n")) {
    if (end !== undefined) {
      if (part.trim() === end) end = undefined;
      continue;
    }
    if (part.trimStart().startsWith("#")) continue;
    end = HERE_DOCUMENT.exec(part)?.[2];
    kept.push(end === undefined ? part : part.replace(HERE_DOCUMENT, ""));
  }
  return kept.join("\n");
}

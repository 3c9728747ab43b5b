// Texts in the forms in which they are compared.

/** A paragraph that is shorter is a phrase that anybody might write. */
const BLOCK_CHARS_MIN = 64;
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}_]+|[^\s]/gu;

/** One form for texts that a reader would call the same: composed characters (NFC), lower case, each white space one blank. */
export function normalise(text: string): string {
  return text.normalize("NFC").toLowerCase().replaceAll(/\s+/g, " ").trim();
}

/** A text as hashes of messages have it: clients trim and join texts in ways of their own, which only moves white space. */
export function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, "");
}

/** Words and marks of a normalised text, at most `countMax`. Scripts that are written without blanks have a word a character. */
export function wordsOf(normalised: string, countMax: number): string[] {
  const words: string[] = [];
  for (const [word] of normalised.matchAll(WORD)) {
    if (words.push(word) === countMax) break;
  }
  return words;
}

/** The longest distinct paragraphs of a text, normalised, in the order of their length; shorter than BLOCK_CHARS_MIN are none. */
export function longestBlocks(text: string, countMax: number): string[] {
  const blocks = new Set(text.split(/\n\s*\n/).map(normalise));
  return [...blocks]
    .filter((block) => block.length >= BLOCK_CHARS_MIN)
    .toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .slice(0, countMax);
}

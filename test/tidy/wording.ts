// What the words of the product may not do: rank people, accuse them, press them, or praise them. Reads string literals,
// templates and text between tags through the parser, so that names in code and comments are not taken for words that somebody reads.
//
// Always holds: a word is let through only where a sentence of ALLOWED names it, with the reason.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";

const FORBIDDEN = [
  { does: "ranks", words: /\b(?:rank(?:s|ed|ing|ings)?|top|best|worst|leaders?|leaderboards?|outliers?)\b/i },
  {
    does: "accuses",
    words:
      /\b(?:abus(?:e|es|ed|ive|ing)|cheat\w*|wast(?:e|es|ed|eful|ing)|fraud\w*|violat\w*|suspicio\w*|suspects?|guilty|culprits?|offenders?|misconduct)\b/i,
  },
  { does: "presses", words: /\b(?:urgent(?:ly)?|immediately|hurry|asap|act now|right away|last chance)\b/i },
  {
    does: "praises",
    words:
      /\b(?:great|excellent|congratulations|well done|awesome|amazing|good job|keep it up|impressive)\b/i,
  },
  { does: "exclaims", words: /[\p{L}\d)"”]!/u },
] as const;

/** Where a word is meant otherwise: the file, a piece of the text that holds it, and why it may stand. */
export interface Allowance {
  file: string;
  text: string;
  reason: string;
}

export interface Finding {
  file: string;
  line: number;
  does: string;
  text: string;
}

/** Of all TypeScript files below the folders, or of the files that are named themselves; paths from `root`. */
export function findForbiddenWords(
  root: string,
  places: readonly string[],
  allowed: readonly Allowance[],
): Finding[] {
  return places
    .flatMap((place) => listFiles(root, place))
    .flatMap((file) => readFile(file, readFileSync(join(root, file), "utf8")))
    .filter(({ file, text }) => !allowed.some((one) => one.file === file && text.includes(one.text)));
}

/** What people may read in one file and should not. */
export function readFile(file: string, source: string): Finding[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  return collectTexts(program).flatMap(({ text, start }) =>
    FORBIDDEN.filter(({ words }) => words.test(text)).map(({ does }) => ({
      file,
      line: source.slice(0, start).split("\n").length,
      does,
      text: text.trim(),
    })),
  );
}

interface Text {
  text: string;
  start: number;
}

/** Of an element, what people read or hear. */
const READ_ATTRIBUTES: ReadonlySet<string> = new Set(["alt", "aria-label", "title", "label", "placeholder"]);

function collectTexts(node: unknown): Text[] {
  if (Array.isArray(node)) return node.flatMap(collectTexts);
  if (!isNode(node)) return [];
  // A path of a module is no text, nor is a type.
  if (node.type === "TSLiteralType") return [];
  const own = ownText(node);
  const isRead = node.type === "JSXText" || (own !== null && isProse(own));
  const inside = Object.entries(node).flatMap(([name, child]) =>
    name === "source" || name === "quasis" ? [] : collectTexts(child),
  );
  const texts = own !== null && isRead ? [{ text: own, start: node.start }, ...inside] : inside;
  const read = node.type === "JSXAttribute" ? toReadAttribute(node) : null;
  return read === null ? texts : [read, ...texts.filter(({ start }) => start !== read.start)];
}

/** Also a single word in small letters, because nothing but people reads it. */
function toReadAttribute({ name, value }: Node): Text | null {
  const isMeant = isNode(name) && typeof name["name"] === "string" && READ_ATTRIBUTES.has(name["name"]);
  return isMeant && isNode(value) && typeof value["value"] === "string"
    ? { text: value["value"], start: value.start }
    : null;
}

/** Of a template, its pieces together: what stands between them is not known here. */
function ownText({ type, value, quasis }: Node): string | null {
  if (type === "Literal" || type === "JSXText") return typeof value === "string" ? value : null;
  if (type !== "TemplateLiteral" || !Array.isArray(quasis)) return null;
  return quasis.map(toPiece).join("…");
}

function toPiece(element: unknown): string {
  const value = isNode(element) ? element["value"] : undefined;
  const raw = typeof value === "object" && value !== null && "raw" in value ? value.raw : "";
  return typeof raw === "string" ? raw : "";
}

/** A single word in small letters is a name that code is written with: `side="top"`. */
function isProse(text: string): boolean {
  return /\s/.test(text.trim()) || /^\p{Lu}/u.test(text);
}

interface Node {
  type: string;
  start: number;
  name?: unknown;
  value?: unknown;
  /** Pieces of a template. */
  quasis?: unknown;
  [name: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

function listFiles(root: string, place: string): string[] {
  if (/\.tsx?$/.test(place)) return [place];
  return readdirSync(join(root, place), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(place, file))
    .toSorted();
}

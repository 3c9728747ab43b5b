// Takes out of a text what a client has put around the words of its user. Each function looks at the text once a name, however
// often an element is opened and never closed, because texts reach megabytes.

/** A text without the elements of these names (`<name …>…</name>`), and without the white space around what is left. */
export function withoutElements(text: string, names: readonly string[]): string {
  const openings = names.flatMap((name) =>
    [`<${name}>`, `<${name} `].map((begin) => ({ begin, end: `</${name}>` })),
  );
  return openings.reduce(withoutBlocks, text).trim();
}

/** A text without tags of these names; what stands between them stays. */
export function withoutTags(text: string, names: readonly string[]): string {
  return names.reduce(
    (left, name) => left.replaceAll(new RegExp(`</?${name}(?: [^<>]{0,200})?>`, "g"), ""),
    text,
  );
}

/** A text without the lines that match one of these patterns. */
export function withoutLines(text: string, patterns: readonly RegExp[]): string {
  return text
    .split("\n")
    .filter((line) => !patterns.some((pattern) => pattern.test(line)))
    .join("\n");
}

/** A text without what stands from one mark to the next other one, marks included. A block that does not close is kept. */
export function withoutBlocks(text: string, { begin, end }: { begin: string; end: string }): string {
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf(begin); at !== -1; at = text.indexOf(begin, from)) {
    const close = text.indexOf(end, at + begin.length);
    if (close === -1) break;
    kept.push(text.slice(from, at));
    from = close + end.length;
  }
  return kept.join("") + text.slice(from);
}

// Addresses of one thing below the page of all of them: `/runs/ID`.

/** What an address names below another one: one part, decoded; null: nothing. */
export function idBelow(path: string, parent: string): string | null {
  if (!path.startsWith(`${parent}/`)) return null;
  const part = path.slice(parent.length + 1);
  return part === "" || part.includes("/") ? null : decodeURIComponent(part);
}

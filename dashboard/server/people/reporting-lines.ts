// Whether a list of people can be taken in: every manager must be somebody, and going up from anybody must end at somebody
// without a manager. What the list says counts before what is known already.

import type { LineFault, PersonLine } from "./people-file.ts";

export interface KnownPerson {
  personId: string;
  email: string;
  managerId: string | null;
}

/** One fault for each line whose manager is unknown, and for each line that closes a circle. */
export function findReportingFaults(
  lines: readonly PersonLine[],
  known: readonly KnownPerson[],
): LineFault[] {
  const managerOf = toManagers(lines, known);
  const unknown = lines
    .filter(({ managerEmail }) => managerEmail !== null && !managerOf.has(managerEmail))
    .map(({ line, managerEmail }) => {
      const sentence = `the manager ${managerEmail} is neither on the list nor known. Add them, or correct the address.`;
      return { line, sentence };
    });
  return [...unknown, ...findCircles(lines, managerOf)];
}

/** Everybody's address with that of their manager, as it will be after the import. */
function toManagers(
  lines: readonly PersonLine[],
  known: readonly KnownPerson[],
): ReadonlyMap<string, string | null> {
  const emails = new Map(known.map(({ personId, email }) => [personId, email]));
  return new Map([
    ...known.map(({ email, managerId }) => [email, emails.get(managerId ?? "") ?? null] as const),
    ...lines.map(({ email, managerEmail }) => [email, managerEmail] as const),
  ]);
}

/** Goes up from each line, never twice through the same person, so that the time grows with the people alone. */
function findCircles(
  lines: readonly PersonLine[],
  managerOf: ReadonlyMap<string, string | null>,
): LineFault[] {
  const faults: LineFault[] = [];
  const seen = new Set<string>();
  for (const { line, email } of lines) {
    const path: string[] = [];
    const onPath = new Set<string>();
    let current: string | null = email;
    while (current !== null && !seen.has(current)) {
      seen.add(current);
      onPath.add(current);
      path.push(current);
      current = managerOf.get(current) ?? null;
    }
    if (current === null || !onPath.has(current)) continue;
    const circle = [...path.slice(path.indexOf(current)), current].join(", who reports to ");
    faults.push({ line, sentence: `the reporting line goes in a circle: ${circle}. Correct one of them.` });
  }
  return faults;
}

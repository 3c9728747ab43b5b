// `assay erase --person EMAIL`: removes a person's rows everywhere, and says what was removed. It asks nothing: whoever wants to
// look first says --dry-run.

import { join } from "node:path";
import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { erasePerson, findTraces, type PersonTraces } from "../server/people/erase.ts";
import { writeIdentitySnapshot } from "../server/people/identity-snapshot.ts";
import { findPerson } from "../server/people/people.ts";

const REASON_CHARS_MAX = 500;

export const eraseCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "erase",
  summary: "Remove a person and every row about them, for good",
  usage: "--person EMAIL [--reason TEXT] [--dry-run]",
  options: {
    person: { type: "string", help: "who is to be erased" },
    reason: { type: "string", help: "why, for the audit; it stays there, so it should name nobody" },
    "dry-run": { type: "boolean", help: "only say what would go" },
  },
  async run({ positionals, values }, io, stores, { dataDir }) {
    const { person: email, reason } = values;
    if (typeof email !== "string" || positionals.length > 0)
      return refuseUsage(io, "Say who is to be erased: npx assay erase --person you@example.com");
    if (typeof reason === "string" && reason.length > REASON_CHARS_MAX)
      return refuseUsage(io, `--reason takes at most ${REASON_CHARS_MAX} characters.`);
    const isDryRun = values["dry-run"] === true;

    const person = await findPerson(stores.postgres.db, email);
    const erasure = { stores, person, deadLettersDir: join(dataDir, "dead-letters") };
    const traces = await findTraces(erasure);
    if (!isDryRun) {
      const why = typeof reason === "string" ? reason : undefined;
      await erasePerson(erasure, { reason: why, now: io.now() });
      await writeIdentitySnapshot({ postgres: stores.postgres, dataDir, now: io.now });
    }
    io.stderr.write(toText(person.email, traces, isDryRun));
    if (values["json"] === true) {
      const { rows, reports } = traces;
      const summary = { person_id: person.personId, person_email: person.email, dry_run: isDryRun };
      io.stdout.write(`${JSON.stringify({ ...summary, rows, reports_without_manager: reports })}\n`);
    }
    return EXIT.done;
  },
});

function toText(email: string, { rows, reports }: PersonTraces, isDryRun: boolean): string {
  const names = Object.keys(rows);
  const width = Math.max(...names.map((name) => name.length));
  const lines = [
    isDryRun ? `Of ${email} there would go:` : `${email} is erased. Gone are:`,
    ...names.map((name) => `  ${name.padEnd(width)}  ${rows[name]}`),
  ];
  if (reports.length > 0)
    lines.push(`Without a manager ${isDryRun ? "would be" : "are"} now: ${reports.join(", ")}.`);
  return `${lines.join("\n")}\n`;
}

// `assay keys create | list | revoke` (and rotate: keys-rotate.ts). Each change reaches the gateways at once, by the identity snapshot.

import { z } from "zod";
import { WORKLOAD_CLASSES } from "../../schemas/closed-lists.ts";
import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { newKeySchema } from "../../schemas/dashboard-api.ts";
import { createLog } from "../../schemas/log.ts";
import { writeIdentitySnapshot } from "../server/people/identity-snapshot.ts";
import { addLastUse, type KeyUses } from "../server/keys/key-use.ts";
import { createKey, listAllKeys, revokeKey, type OwnedKey } from "../server/keys/keys.ts";
import { findPerson } from "../server/people/people.ts";
import { findTeam } from "../server/people/teams.ts";
import { parseTime } from "./time-options.ts";

const classSchema = newKeySchema.shape.workload_class;
const nameSchema = newKeySchema.shape.name;

export const keysCreateCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "keys create",
  summary: "Make a key for a person or a service; its secret is printed this once",
  usage: "--person EMAIL [--name N] [--class C] [--service [--team T]] [--expires T]",
  options: {
    person: { type: "string", help: "whose key it is; with --service, who asked for it" },
    name: { type: "string", help: "what it is called in lists" },
    class: { type: "string", help: `kind of work it is for: ${WORKLOAD_CLASSES.join(", ")}` },
    service: { type: "boolean", help: "for a program: its calls are nobody's" },
    team: { type: "string", help: "whose cost the calls of a service are; a person's are their own team's" },
    expires: { type: "string", help: "when it stops working: 2027-01-31 (UTC) or 2027-01-31T12:00:00Z" },
  },
  async run({ values }, io, { postgres }, { dataDir }) {
    const kind = values["service"] === true ? "service" : "person";
    const email = values["person"];
    if (typeof email !== "string" && kind === "person")
      return refuseUsage(io, "Say whose key it is: --person you@example.com. Or --service, for a program.");
    const teamName = values["team"];
    if (typeof teamName === "string" && kind === "person")
      return refuseUsage(io, "--team is for a --service. A person's calls are their own team's.");
    const name = nameSchema.safeParse(values["name"] ?? `Made by the operator for a ${kind}`);
    if (!name.success) return refuseUsage(io, "--name takes 1 to 80 characters.");
    const workloadClass = classSchema.safeParse(values["class"] ?? null);
    if (!workloadClass.success)
      return refuseUsage(io, `--class takes one of ${WORKLOAD_CLASSES.join(", ")}.`);
    const expiresAt = parseTime(values["expires"]) ?? null;
    if (values["expires"] !== undefined && (expiresAt === null || expiresAt <= io.now()))
      return refuseUsage(io, "--expires takes a time to come, such as 2027-01-31 or 2027-01-31T12:00:00Z.");

    const personId = typeof email === "string" ? (await findPerson(postgres.db, email)).personId : null;
    const team = typeof teamName === "string" ? await findTeam(postgres.db, teamName) : undefined;
    const said = { kind, personId, name: name.data, workloadClass: workloadClass.data, expiresAt } as const;
    const created = await createKey(
      postgres,
      { ...said, actorId: null, ...(team ? { teamId: team.teamId } : {}) },
      io.now(),
    );
    await writeIdentitySnapshot({ postgres, dataDir, now: io.now });
    io.stderr.write(`Key ${created.key.key_id} is made. Keep it now: it is not shown again.\n`);
    io.stdout.write(`${values["json"] === true ? JSON.stringify(created) : created.secret}\n`);
    return EXIT.done;
  },
});

export const keysListCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "keys list",
  summary: "List every key, newest first, without its secret",
  usage: "",
  options: {},
  async run({ values }, io, { clickhouse, postgres }, { retentionDays }) {
    const options = { clickhouse, log: createLog("keys", io.stderr), eventsDays: retentionDays.events };
    const listed = await listAllKeys(postgres.db);
    const known = await addLastUse({ ...options, now: io.now() }, listed, { isEveryKey: true });
    if (values["json"] === true) io.stdout.write(`${JSON.stringify(known)}\n`);
    else if (known.keys.length === 0)
      io.stderr.write("There are no keys. Make one: npx assay keys create --person EMAIL\n");
    else io.stdout.write(toTable(known, io.now()));
    return EXIT.done;
  },
});

export const keysRevokeCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "keys revoke",
  summary: "Revoke a key for good",
  usage: "ID",
  options: {},
  async run({ positionals, values }, io, { postgres }, { dataDir }) {
    const keyId = z.uuid().safeParse(positionals[0]);
    if (!keyId.success || positionals.length !== 1)
      return refuseUsage(io, "Say which key, by its id: npx assay keys revoke ID. Ids: npx assay keys list");
    await revokeKey(postgres, { keyId: keyId.data, actorId: null }, io.now());
    await writeIdentitySnapshot({ postgres, dataDir, now: io.now });
    io.stderr.write(`Key ${keyId.data} is revoked.\n`);
    if (values["json"] === true) io.stdout.write(`${JSON.stringify({ key_id: keyId.data })}\n`);
    return EXIT.done;
  },
});

/** One line a key: id, state, hint, whose it is, class, last use, name. */
function toTable({ keys, calls_known_since: since }: KeyUses<OwnedKey>, now: Date): string {
  const unused = since === null ? "use unknown" : `not used since ${since.slice(0, 10)}`;
  const rows = keys.map((key) => [
    key.key_id,
    toState(key, now),
    key.hint,
    key.person_email ?? (key.team === null ? "service" : `service of ${key.team}`),
    key.workload_class ?? "-",
    key.last_used_at === null ? unused : `used ${key.last_used_at.slice(0, 10)}`,
    key.name,
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function toState({ revoked_at, expires_at }: OwnedKey, now: Date): string {
  if (revoked_at !== null) return `revoked ${revoked_at.slice(0, 10)}`;
  if (expires_at === null) return "usable";
  return `${new Date(expires_at) > now ? "usable until" : "expired"} ${expires_at.slice(0, 10)}`;
}

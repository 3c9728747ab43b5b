// `assay keys rotate`: a new secret for a key, while the old one goes on for a while. Both reach the gateways at once.

import { z } from "zod";
import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { OVERLAP_HOURS_MAX } from "../../schemas/dashboard-api.ts";
import { writeIdentitySnapshot } from "../server/people/identity-snapshot.ts";
import { rotateKey } from "../server/keys/key-rotation.ts";
import { parseDuration, parseTime } from "./time-options.ts";

const HOUR_MS = 3_600_000;
const OVERLAP_MS = 24 * HOUR_MS;

export const keysRotateCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "keys rotate",
  summary: "Make a key that takes another one's place; its secret is printed this once",
  usage: "ID [--overlap 24h] [--expires T]",
  options: {
    overlap: { type: "string", help: "how long the old key goes on: 0s, 90m, 24h (as it is), 7d" },
    expires: { type: "string", help: "when the new key stops working; else when the old one would have" },
  },
  async run({ positionals, values }, io, { postgres }, { dataDir }) {
    const keyId = z.uuid().safeParse(positionals[0]);
    if (!keyId.success || positionals.length !== 1)
      return refuseUsage(io, "Say which key, by its id: npx assay keys rotate ID. Ids: npx assay keys list");
    const overlapMs = parseDuration(values["overlap"]);
    if (overlapMs === null || (overlapMs ?? 0) > OVERLAP_HOURS_MAX * HOUR_MS)
      return refuseUsage(io, "--overlap takes a time such as 0s, 90m, 24h or 7d, and at most 30d.");
    const expiresAt = parseTime(values["expires"]);
    if (expiresAt === null || (expiresAt !== undefined && expiresAt <= io.now()))
      return refuseUsage(io, "--expires takes a time to come, such as 2027-01-31 or 2027-01-31T12:00:00Z.");

    const rotated = await rotateKey(
      postgres,
      {
        keyId: keyId.data,
        actorId: null,
        overlapMs: overlapMs ?? OVERLAP_MS,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      },
      io.now(),
    );
    await writeIdentitySnapshot({ postgres, dataDir, now: io.now });
    io.stderr.write(
      `Key ${rotated.key.key_id} takes the place of ${keyId.data}, which goes on until ${rotated.replaced.expires_at}. Keep it now: it is not shown again.\n`,
    );
    io.stdout.write(`${values["json"] === true ? JSON.stringify(rotated) : rotated.secret}\n`);
    return EXIT.done;
  },
});
